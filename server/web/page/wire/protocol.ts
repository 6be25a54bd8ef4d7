/**
 * What the server sends, as docs/protocol.md has it: the page is a client of the JSON dialect as any other. Times are ISO 8601.
 * What the page does not use is left out.
 */

export type Status = 'online' | 'away' | 'offline'

/** A file that can be got, as messages that announce one have it. `get` is the token; sizes are in bytes. */
export interface FileFields {
  readonly id: number
  readonly name: string
  readonly size: number
  readonly sha256: string
  readonly get: string
  readonly expires?: string
}

export interface Message {
  readonly id: number
  readonly at: string
  readonly from: string
  readonly kind: 'text' | 'action' | 'notice'
  readonly text: string
  readonly channel?: string
  readonly to?: string
  readonly edited?: string
  readonly bot?: true
  readonly file?: FileFields
}

/** What is unread in a channel or of what somebody says directly: what is above the number `read`. */
export interface UnreadRow {
  readonly channel?: string
  readonly with?: string
  readonly read: number
  readonly count: number
  readonly more: boolean
  readonly mentions: number
  readonly last?: number
}

export interface Member {
  readonly name: string
  readonly id?: number
  readonly status: Status
  readonly note?: string
  readonly role?: 'admin' | 'moderator'
  readonly operator?: boolean
}

export interface RequestRow {
  readonly request: number
  readonly channel: string
  readonly user: string
  readonly by: string
  readonly at: string
  readonly answer?: string
}

export interface RoomFields {
  readonly channel: string
  readonly topic: string
  readonly members: number
  readonly messages: readonly Message[]
  readonly unread?: { readonly count: number; readonly more: boolean }
  readonly quiet?: 'joins' | 'all'
}

/** An object with a `type`: an event, a prompt, a result and so on. Each reader looks at the fields that it needs. */
export interface Frame {
  readonly type: string
  readonly [field: string]: unknown
}

export interface Prompt {
  readonly text: string
  readonly secret: boolean
}

export interface ErrorFields {
  readonly code: string
  readonly message: string
}

export type Data = Readonly<Record<string, unknown>>

/** What a line was answered with. `command` is the command's own name, also where an alias was sent. */
export type Result =
  | { readonly ok: true; readonly command: string; readonly data: Data }
  | { readonly ok: false; readonly command: string; readonly error: ErrorFields }

/** Reads a line of the server's; undefined for what is no object with a type. */
export function readFrame(line: string): Frame | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && typeof (value as Frame).type === 'string'
      ? (value as Frame)
      : undefined
  } catch {
    return undefined
  }
}
