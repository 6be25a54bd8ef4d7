import { NoSmallFile, readSmallFile } from '../lib/small-file.ts'
import { problemsOf } from './explain.ts'
import { PathError, readPath } from './paths.ts'
import { type Config, configSchema } from './schema.ts'
import { readVariables, withValue } from './variables.ts'
import { readYaml } from './yaml.ts'

/** The configuration is wrong. The message has one line for each problem. */
export class ConfigError extends Error {
  readonly problems: string[]

  constructor(problems: string[]) {
    super(problems.join('\n'))
    this.name = 'ConfigError'
    this.problems = problems
  }
}

/**
 * The configuration of this server: the defaults, then what `file` says, then what the environment
 * (`env`, the process's own if missing) says. `again` is a server that runs, for which a pipe is not waited for.
 *
 * @throws {ConfigError} with all that is wrong, also if `file` is given and cannot be read
 */
export function loadConfig({
  file,
  env = process.env,
  again = false,
}: {
  file?: string
  env?: NodeJS.ProcessEnv
  again?: boolean
} = {}): Config {
  return file === undefined ? parseConfig('', '', env) : parseConfig(read(file, again), file, env)
}

/** What may be a pipe at the start: `--config <(...)`. */
const pipeMs = 5_000

/** A server that runs waits for nothing when it reads it `again`: everybody would. */
function read(file: string, again: boolean): string {
  try {
    return readSmallFile(file, again ? 0 : pipeMs).toString('utf8')
  } catch (error) {
    if (error instanceof NoSmallFile) throw new ConfigError([`${file}: It ${error.message}.`])
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new ConfigError([`${file}: ${reasons.get(code) ?? `It cannot be read (${code}).`}`])
  }
}

const reasons = new Map([
  ['ENOENT', 'There is no such file.'],
  ['ENXIO', 'It is a socket, not a file.'],
  ['EACCES', 'The server is not allowed to read it.'],
])

/** The settings that are paths, as they were meant. @throws {ConfigError} */
function withPaths(config: Config): Config {
  const problems: string[] = []
  const read = (setting: string, path: string): string => {
    try {
      return readPath(path)
    } catch (error) {
      if (!(error instanceof PathError)) throw error
      problems.push(`${setting}: ${error.message}`)
      return path
    }
  }
  const listeners = config.listeners.map((listener, index) => ({
    ...listener,
    tls: {
      cert: read(`listeners[${index}].tls.cert`, listener.tls.cert),
      key: read(`listeners[${index}].tls.key`, listener.tls.key),
    },
  }))
  const dataDirectory = read('dataDirectory', config.dataDirectory)
  if (problems.length > 0) throw new ConfigError(problems)
  return { ...config, dataDirectory, listeners }
}

/**
 * The configuration that `text` and `env` make together; `fileName` is what error messages call it.
 *
 * @throws {ConfigError} with all that is wrong, the text's problems first, by line
 */
export function parseConfig(text: string, fileName: string, env: NodeJS.ProcessEnv = {}): Config {
  const yaml = readYaml(text)
  // A file that is empty, or all comments, is read as null.
  let tree = yaml.tree ?? {}
  const inText = [
    ...yaml.problems,
    ...problemsOf(tree).map((problem) => ({ line: yaml.lineOf(problem.path), text: problem.text })),
  ].sort((a, b) => a.line - b.line)
  const variables = readVariables(env)
  const problems = [
    ...inText.map((problem) => `${fileName}:${problem.line}: ${problem.text}`),
    ...variables.problems,
  ]
  if (problems.length > 0) throw new ConfigError(problems)
  for (const [path, value] of variables.values) tree = withValue(tree, path, value) ?? {}
  return withPaths(configSchema.parse(tree))
}
