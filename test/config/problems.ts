import { ConfigError, parseConfig } from '../../server/config/load.ts'

/** What is wrong with a configuration; an empty list if nothing is. Anything but a ConfigError is thrown on. */
export function problemsOf(text: string, env: NodeJS.ProcessEnv = {}): string[] {
  try {
    parseConfig(text, 'a.yaml', env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}
