import { nearest } from '../lib/nearest.ts'
import { configSchema } from './schema.ts'
import { dotted, type Path, settingAt, settingPaths } from './settings.ts'

/** A mistake in a value, and the place of the value. */
export interface Problem {
  readonly path: Path
  readonly text: string
}

/** Checks `tree` by the schema and returns the problems, at most one for each setting. */
export function problemsOf(tree: unknown): Problem[] {
  const problems = new Map<string, Problem>()
  for (const issue of configSchema.safeParse(tree).error?.issues ?? []) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        const path = [...issue.path, key]
        problems.set(JSON.stringify(path), { path, text: unknownSetting(issue.path, key) })
      }
    } else if (issue.code === 'invalid_key') {
      const group = issue.path.slice(0, -1)
      const text = `${shown(issue.path.at(-1))} cannot stand in ${dotted(group)}, which has ${settingAt(group)?.allowed}.`
      problems.set(JSON.stringify(issue.path), { path: issue.path, text })
    } else {
      problems.set(JSON.stringify(issue.path), { path: issue.path, text: wrongValue(issue.path, tree) })
    }
  }
  return [...problems.values()]
}

function unknownSetting(group: Path, key: string): string {
  const name = /^[\w-]+$/.test(key) ? dotted([...group, key]) : `${dotted(group)} ${shown(key)}`.trim()
  return `${name} is not a setting.${hint(group, key)}`
}

function hint(group: Path, key: string): string {
  const sibling = nearest(key, settingAt(group)?.children.keys() ?? [])
  if (sibling !== undefined) return ` Did you mean ${dotted([...group, sibling])}?`
  // A right name in the wrong place: the last part alone, or (the key has dots) the whole path.
  const elsewhere = new Map<string, string>()
  for (const path of settingPaths(true)) {
    const nested = path.length === 2 ? `${String(path[0])}: {${String(path[1])}: ...}` : dotted(path)
    if (!elsewhere.has(String(path.at(-1)))) elsewhere.set(String(path.at(-1)), dotted(path))
    elsewhere.set(dotted(path), nested)
  }
  const other = nearest(key, elsewhere.keys())
  return other === undefined ? '' : ` Did you mean ${elsewhere.get(other)}?`
}

function wrongValue(path: Path, tree: unknown): string {
  const value = valueAt(tree, path)
  const setting = settingAt(path)
  const choice = typeof value === 'string' ? nearest(value, setting?.choices ?? []) : undefined
  const name = dotted(path) || 'The configuration'
  const meant = choice === undefined ? '' : ` Did you mean ${choice}?`
  return `${name} must be ${setting?.allowed}, not ${shown(value)}.${meant}`
}

function valueAt(tree: unknown, path: Path): unknown {
  let here = tree
  for (const part of path)
    here = typeof here === 'object' && here !== null ? Reflect.get(here, part) : undefined
  return here
}

/** Shows a value in an error message: short, on one line, and without control characters. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a group of settings'
  if (typeof value !== 'string') return String(value)
  const short = value.length > 60 ? `${value.slice(0, 60)}...` : value
  return JSON.stringify(short).replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  )
}
