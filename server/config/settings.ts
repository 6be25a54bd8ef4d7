import * as z from 'zod'
import { configSchema } from './schema.ts'

/** One node of the configuration: a value, a group of settings, or a list. */
export interface Setting {
  readonly description: string
  /** Completes "must be ...". */
  readonly allowed: string
  /** True if the value is text, so that an environment variable need not quote it. */
  readonly isText: boolean
  /** The default; undefined if the settings below have their own. */
  readonly default: unknown
  /** The allowed words, if the value is one of some words. */
  readonly choices: readonly string[]
  /** The settings of a group, by name. */
  readonly children: ReadonlyMap<string, Setting>
  /** The entry of a list. */
  readonly item: Setting | undefined
  /** The value of each name, if the operator chooses the names. */
  readonly named: Setting | undefined
}

/** Names and, in a list, positions from the top of the file down. */
export type Path = readonly PropertyKey[]

type JsonSchema = z.core.JSONSchema.BaseSchema

/** The whole file: a group whose children are the top-level keys. */
export const root: Setting = describe(z.toJSONSchema(configSchema))

function describe(schema: JsonSchema): Setting {
  const { allowed } = schema
  const item = isSchema(schema.items) ? describe(schema.items) : undefined
  const others = schema.additionalProperties
  const named = isSchema(others) ? describe(others) : undefined
  const children = new Map<string, Setting>()
  for (const [name, child] of Object.entries(schema.properties ?? {})) {
    if (isSchema(child)) children.set(name, describe(child))
  }
  return {
    description: schema.description ?? '',
    allowed: typeof allowed === 'string' ? allowed : allowedBy(schema),
    isText: schema.type === 'string',
    default: schema.default,
    choices: (schema.enum ?? []).map(String),
    children,
    item,
    named,
  }
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function allowedBy(schema: JsonSchema): string {
  if (schema.enum) return alternatives(schema.enum.map(String))
  if (schema.type === 'boolean') return 'true or false'
  if (schema.type === 'object') return `settings (${Object.keys(schema.properties ?? {}).join(', ')})`
  const number = schema.type === 'integer' ? 'a whole number' : 'a number'
  const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = schema
  // zod sets this limit for every whole number without a limit.
  if (maximum === Number.MAX_SAFE_INTEGER) return `${number} of at least ${minimum}`
  return `${number} from ${minimum} to ${maximum}`
}

function alternatives(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

/** The node at `path`; undefined if there is no such setting. */
export function settingAt(path: Path): Setting | undefined {
  let here: Setting | undefined = root
  for (const part of path)
    here = typeof part === 'string' ? (here?.children.get(part) ?? here?.named) : here?.item
  return here
}

/** `['listeners', 1, 'port']` as `listeners[1].port`. */
export function dotted(path: Path): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')
}

/**
 * The paths of all settings below `path`, in the order of the schema. A list is one setting; with `intoLists`, the
 * fields of its first entry follow it.
 */
export function* settingPaths(intoLists = false, path: Path = []): Generator<Path> {
  const here = settingAt(path)
  if (!here) return
  if (here.children.size === 0) yield path
  if (here.item && here.item.children.size > 0 && intoLists) yield* settingPaths(intoLists, [...path, 0])
  for (const name of here.children.keys()) yield* settingPaths(intoLists, [...path, name])
}

/** The environment variable of the setting at `path`. For a setting inside a list it is the variable of the list. */
export function variableOf(path: Path): string {
  const end = path.findIndex((part) => typeof part === 'number')
  return `PARTYLINE_${upperSnake(end < 0 ? path : path.slice(0, end))}`
}

/** `['limits', 'lineBytes']` as `LIMITS_LINE_BYTES`. */
export function upperSnake(path: Path): string {
  return path.map((part) => String(part).replace(/[A-Z]/g, '_$&').toUpperCase()).join('_')
}
