import type { Command } from 'commander'
import type { Config } from '../../config/schema.ts'
import { cleanJson, cleanLines } from '../../lib/clean.ts'
import type { ControlAnswer } from '../control/control.ts'
import { Refused } from '../control/refused.ts'

/** The options of every command. */
export interface Common {
  config?: string
  data?: string
  json?: boolean
}

/** Adds a command with those. */
export type Add = (usage: string, description: string) => Command

/** Does an action, and prints what it answers unless it is to be quiet. Throws Refused. */
export type RequestAction = <T>(
  common: Common & { quiet?: boolean },
  action: string,
  options: Record<string, unknown>,
  lines?: (data: T) => string[],
) => Promise<T>

/** What an action of the command line's own comes to; what can be explained is refused. */
export type RunLocally = (
  where: { config?: string; data?: string },
  task: (config: Config) => Promise<unknown>,
) => Promise<ControlAnswer>

/** Prints what came of an action, and answers it. Throws Refused. */
export function report<T>(
  answer: ControlAnswer,
  { json, quiet }: { json?: boolean; quiet?: boolean },
  lines: (data: T) => string[],
): T {
  if (!answer.ok) {
    const { code, message } = answer
    // Also if nobody reads what follows.
    process.exitCode = 1
    if (json) print([cleanJson(JSON.stringify({ error: { code, message } }))])
    throw new Refused(answer)
  }
  // The data comes from this very program, by way of JSON or directly.
  // A database from elsewhere may hold what nobody could type.
  if (!quiet) print(json ? [cleanJson(JSON.stringify(answer.data))] : lines(answer.data as T).map(cleanLines))
  return answer.data as T
}

/** Which server is meant. */
export function whereOf({ config, data }: Common): { config?: string; data?: string } {
  return { ...(config === undefined ? {} : { config }), ...(data === undefined ? {} : { data }) }
}

function print(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''))
}
