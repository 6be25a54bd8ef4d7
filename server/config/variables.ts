import { nearest } from '../lib/nearest.ts'
import { problemsOf } from './explain.ts'
import { type Path, settingAt, settingPaths, upperSnake, variableOf } from './settings.ts'
import { readYaml } from './yaml.ts'

/** The settings from the environment, and the problems with them. */
export interface Variables {
  readonly values: ReadonlyMap<Path, unknown>
  readonly problems: readonly string[]
}

const prefix = 'PARTYLINE_'

/**
 * Kubernetes (for a Service called "partyline") and Docker links set these variables by themselves. They are not
 * settings, and not mistakes.
 */
const foreignName = /^PARTYLINE_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_\w+)?)$/
const foreignValue = /^(tcp|udp|sctp):\/\//

/** Reads the variables that begin with PARTYLINE_. An empty variable counts as missing. */
export function readVariables(env: NodeJS.ProcessEnv): Variables {
  const known = new Map([...settingPaths()].map((path) => [variableOf(path), path]))
  const values = new Map<Path, unknown>()
  const problems: string[] = []
  for (const [name, given] of Object.entries(env)) {
    // The variables come from a file that was written on Windows.
    const text = given?.replace(/[\r\n]+$/, '')
    if (!name.startsWith(prefix) || name === 'PARTYLINE_CONFIG' || !text) continue
    const path = known.get(name)
    if (path) {
      const { value, wrong } = readVariable(path, text)
      if (wrong.length === 0) values.set(path, value)
      problems.push(...wrong.map((problem) => `${name}: ${problem}`))
    } else if (!foreignName.test(name) && !foreignValue.test(text)) {
      problems.push(`${name} is not a setting.${hint(name)}`)
    }
  }
  return { values, problems }
}

function readVariable(path: Path, text: string): { value: unknown; wrong: string[] } {
  // Text is taken as it stands ("#lobby" would be a comment), unless it is in quotes from end to end.
  const isYaml = !settingAt(path)?.isText || /^(["']).*\1$/s.test(text)
  const yaml = isYaml ? readYaml(text) : { tree: text, problems: [] }
  if (yaml.problems.length > 0)
    return { value: undefined, wrong: yaml.problems.map((problem) => problem.text) }
  const wrong = problemsOf(withValue({}, path, yaml.tree)).map((problem) => problem.text)
  return { value: yaml.tree, wrong }
}

function hint(name: string): string {
  const wholes = new Map<string, string>()
  // PARTYLINE_LINE_BYTES: the right name without its section. PARTYLINE_PORT: something in a list.
  const parts = new Map<string, string>()
  for (const path of settingPaths(true)) {
    const variable = variableOf(path)
    const last = upperSnake(path.slice(-1))
    wholes.set(variable.slice(prefix.length), variable)
    if (!parts.has(last)) parts.set(last, variable)
  }
  const word = name.slice(prefix.length)
  const meant = wholes.get(nearest(word, wholes.keys()) ?? '') ?? parts.get(nearest(word, parts.keys()) ?? '')
  return meant === undefined ? '' : ` Did you mean ${meant}?`
}

/**
 * Returns a copy of `tree` with `value` at `path`. `tree` is not changed, because YAML aliases may share parts of it.
 */
export function withValue(tree: unknown, [head, ...rest]: Path, value: unknown): unknown {
  if (head === undefined) return value
  const copy: Record<PropertyKey, unknown> = typeof tree === 'object' && tree !== null ? { ...tree } : {}
  copy[head] = withValue(copy[head], rest, value)
  return copy
}
