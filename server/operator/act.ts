import type { Command } from 'commander'

/** The options of every command. */
export interface Common {
  config?: string
  data?: string
  json?: boolean
}

/** Adds a command with those. */
export type Add = (usage: string, description: string) => Command

/** Does an action, and prints what it answers unless it is to be quiet. Throws Refused. */
export type Act = <T>(
  common: Common & { quiet?: boolean },
  action: string,
  options: Record<string, unknown>,
  lines?: (data: T) => string[],
) => Promise<T>

/** An action was refused; the message is for the screen. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly code: string

  constructor({ code, message }: { code: string; message: string }) {
    super(message)
    this.code = code
  }
}
