import { isDeepStrictEqual } from 'node:util'
import type { Config } from './schema.ts'
import { dotted, type Path, settingAt, settingPaths } from './settings.ts'

/** What a new configuration changes, by the dotted names of settings. */
export interface ChangedSettings {
  readonly changed: readonly string[]
  /** Settings that have changed in the file, but keep their old values until the server is restarted. */
  readonly kept: readonly string[]
}

/** The result of a reload. */
export interface Reloaded extends ChangedSettings {
  /** Whether there are certificates, which were read again. */
  readonly certificates: boolean
}

/** Settings that are read at the start only. */
const fixed: ReadonlySet<string> = new Set([
  'listeners',
  'http.listen',
  'web.listen',
  'dataDirectory',
  'accounts.bcryptCost',
  'channels.default',
  'store.synchronous',
  'log.pretty',
])

/**
 * The configuration of a running server. Parts of the server keep `config`, or a group of it, and read each setting
 * when they need it: so they follow a reload. Fixed settings keep their values from the start.
 */
export class LiveConfig {
  readonly config: Config
  #current: Config

  constructor(first: Config) {
    this.#current = first
    this.config = view(() => this.#current) as Config
  }

  /** Makes `next` the configuration, except for the fixed settings. */
  replace(next: Config): ChangedSettings {
    const differing = [...settingPaths()].filter(
      (path) => !isDeepStrictEqual(valueAt(next, path), valueAt(this.#current, path)),
    )
    const isFixed = (path: Path) => fixed.has(dotted(path))
    const kept = differing.filter(isFixed)
    const merged = structuredClone(next)
    for (const path of kept) put(merged, path, valueAt(this.#current, path))
    this.#current = merged
    return {
      changed: differing.filter((path) => !isFixed(path)).map(dotted),
      kept: kept.map(dotted),
    }
  }
}

type Tree = Readonly<Record<PropertyKey, unknown>>

/** An object with the same settings, each of which reads the current value when it is accessed. */
function view(current: () => Tree, path: Path = []): object {
  const target = {}
  for (const [name, setting] of settingAt(path)?.children ?? []) {
    const inside = () => current()[name] as Tree
    const group = setting.children.size > 0 ? view(inside, [...path, name]) : undefined
    Object.defineProperty(target, name, { enumerable: true, get: group ? () => group : inside })
  }
  return target
}

function valueAt(tree: unknown, path: Path): unknown {
  return path.reduce<unknown>((here, part) => (here as Record<PropertyKey, unknown>)[part], tree)
}

function put(tree: object, path: Path, value: unknown): void {
  const last = path.at(-1) ?? ''
  const inner = valueAt(tree, path.slice(0, -1)) as Record<PropertyKey, unknown>
  inner[last] = value
}
