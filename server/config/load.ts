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
 * Loads the configuration of this server: the defaults, overridden by `file`, overridden by the environment (`env`,
 * or that of the process). `again` is true in a running server, which must not wait for a pipe.
 *
 * @throws {ConfigError} with all problems, also if `file` is given and cannot be read
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

/** How long to wait for a configuration that is a pipe (`--config <(...)`) at the start, in ms. */
const pipeMs = 5_000

/** Reads the file. A running server that reads it `again` does not wait for a pipe, because everybody would wait. */
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

/** Replaces `~` and `$HOME` in the settings that are paths. @throws {ConfigError} */
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
  const listen = config.web.listen.map((listener, index) => ({
    ...listener,
    tls: {
      cert: read(`web.listen[${index}].tls.cert`, listener.tls.cert),
      key: read(`web.listen[${index}].tls.key`, listener.tls.key),
    },
  }))
  const dataDirectory = read('dataDirectory', config.dataDirectory)
  if (problems.length > 0) throw new ConfigError(problems)
  return { ...config, dataDirectory, listeners, web: { ...config.web, listen } }
}

/**
 * Makes the configuration of `text` and `env`; error messages call the text `fileName`.
 *
 * @throws {ConfigError} with all problems, those of the text first, by line
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
