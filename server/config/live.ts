import { isDeepStrictEqual } from 'node:util'
import type { Config } from './schema.ts'
import { dotted, type Path, settingAt, settingPaths } from './settings.ts'

/** What a reload has done, by the dotted names of settings. */
export interface Reloaded {
  readonly changed: readonly string[]
  /** Changed in the file, and as before until the server is started again. */
  readonly kept: readonly string[]
}

/** What is built in at the start. */
const fixed: ReadonlySet<string> = new Set([
  'listeners',
  'http.listen',
  'dataDirectory',
  'accounts.bcryptCost',
  'channels.default',
  'store.synchronous',
  'log.pretty',
])

/**
 * The configuration of a running server. Parts keep `config`, or a group of it, and read what they need at the
 * time they need it: so they follow a reload. What is fixed stays as it was at the start.
 */
export class LiveConfig {
  readonly config: Config
  #current: Config

  constructor(first: Config) {
    this.#current = first
    this.config = view(() => this.#current) as Config
  }

  /** From now on `next` holds, but for what is fixed. */
  replace(next: Config): Reloaded {
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

/** The same settings, each read anew whenever it is asked for. */
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
