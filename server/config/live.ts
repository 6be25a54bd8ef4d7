import { isDeepStrictEqual } from 'node:util'
import type { Config } from './schema.ts'
import { dotted, type Path, settingPaths } from './settings.ts'

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
  /** The same objects all the time, with plain fields: some settings are read several times for each message. */
  readonly config: Config

  constructor(first: Config) {
    this.config = structuredClone(first)
  }

  /** Makes `next` the configuration, except for the fixed settings. */
  replace(next: Config): ChangedSettings {
    const copy = structuredClone(next)
    const differing = [...settingPaths()].filter(
      (path) => !isDeepStrictEqual(valueAt(copy, path), valueAt(this.config, path)),
    )
    const isFixed = (path: Path) => fixed.has(dotted(path))
    const changed = differing.filter((path) => !isFixed(path))
    for (const path of changed) put(this.config, path, valueAt(copy, path))
    return { changed: changed.map(dotted), kept: differing.filter(isFixed).map(dotted) }
  }
}

function valueAt(tree: unknown, path: Path): unknown {
  return path.reduce<unknown>((here, part) => (here as Record<PropertyKey, unknown>)[part], tree)
}

function put(tree: object, path: Path, value: unknown): void {
  const last = path.at(-1) ?? ''
  const inner = valueAt(tree, path.slice(0, -1)) as Record<PropertyKey, unknown>
  inner[last] = value
}
