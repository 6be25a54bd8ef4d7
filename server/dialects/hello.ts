import { mostBytes, mostRows } from '../chat/model/rows.ts'
import type { WaysIn } from '../chat/model/ways-in.ts'
import type { Config } from '../config/schema.ts'
import { version } from '../version.ts'

/** How a place calls itself, and what it says first. */
export interface Place {
  readonly name: string
  /** Some lines, one below the other; empty for what every server says. */
  readonly welcome: string
}

/** What whoever has just connected has to know to go on. */
export interface Hello extends WaysIn {
  readonly server: Place & { readonly version: string }
  /** How many people are there. */
  readonly online: number
  /** Whose browser it is that stays logged in. */
  readonly session?: string | undefined
  /** The default channel. */
  readonly channel: string
  /** Sizes in bytes. */
  readonly limits: {
    readonly loginSeconds: number
    readonly lineBytes: number
    readonly textBytes: number
    readonly textRows: number
    readonly passwordMinLength: number
    readonly files: boolean
    readonly fileBytes: number
    readonly replayLines: number
    readonly editHours: number
  }
}

/** What is said to whoever connects; `online` is how many people are there, `session` whose browser it is. */
export function helloOf(config: Config, online: number, session: string | undefined): Hello {
  const { accounts, channels, files, history, limits, server } = config
  return {
    server: { name: server.name, welcome: server.welcome, version },
    ...{ signup: accounts.signup, guests: accounts.guests, online, session, channel: channels.default },
    limits: {
      loginSeconds: limits.loginSeconds,
      lineBytes: limits.lineBytes,
      textBytes: mostBytes,
      textRows: mostRows,
      passwordMinLength: accounts.passwordMinLength,
      files: files.enabled,
      fileBytes: files.maxBytes,
      replayLines: history.replayLines,
      editHours: history.editHours,
    },
  }
}
