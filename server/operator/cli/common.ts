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

/** Adds a command with these options. */
export type Add = (usage: string, description: string) => Command

/** Runs an action, and prints its answer unless it should be quiet. Throws Refused. */
export type RequestAction = <T>(
  common: Common & { quiet?: boolean },
  action: string,
  options: Record<string, unknown>,
  lines?: (data: T) => string[],
) => Promise<T>

/** Runs an action in the command line itself; turns explainable errors into Refused. */
export type RunLocally = (
  where: { config?: string; data?: string },
  task: (config: Config) => Promise<unknown>,
) => Promise<ControlAnswer>

/** Prints the result of an action, and returns it. Throws Refused. */
export function report<T>(
  answer: ControlAnswer,
  { json, quiet }: { json?: boolean; quiet?: boolean },
  lines: (data: T) => string[],
): T {
  if (!answer.ok) {
    const { code, message } = answer
    // This holds also if nobody reads the rest.
    process.exitCode = 1
    if (json) print([cleanJson(JSON.stringify({ error: { code, message } }))])
    throw new Refused(answer)
  }
  // The data comes from this same program, by JSON or directly. A database from elsewhere may hold what nobody could
  // type.
  if (!quiet) print(json ? [cleanJson(JSON.stringify(answer.data))] : lines(answer.data as T).map(cleanLines))
  return answer.data as T
}

/** The data directory and configuration of the server that is meant. */
export function whereOf({ config, data }: Common): { config?: string; data?: string } {
  return { ...(config === undefined ? {} : { config }), ...(data === undefined ? {} : { data }) }
}

function print(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''))
}
