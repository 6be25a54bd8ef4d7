import { cleanText, isBlank } from '../../lib/clean.ts'
import { quoted } from '../../lib/quoted.ts'
import { sizeText } from '../../lib/sizes.ts'
import type { FileData } from '../model/events.ts'
import { fail } from '../model/failures.ts'
import type { Grant } from '../model/grant.ts'
import type { Account, Channel } from '../model/people.ts'
import type { MessageRecord } from '../ports/records.ts'
import { isChannel } from '../talk/target.ts'

/** The receiver of a file. */
export type FileTarget = Channel | Account

/** A ticket for a file, or the file when it is complete. */
export interface SharedFile {
  readonly id: number
  readonly name: string
  /** The account of the sender; it may be deleted by now. */
  readonly from: number
  readonly target: FileTarget
  readonly blob: string
  /** The token of the ticket until the file is complete, then the token of the channel or person. */
  token: string
  size: number | undefined
  /** In hex; undefined until the file is complete. */
  sha256: string | undefined
  at: number
  expires: number
  /** The receiver has blocked the sender, and never sees the file. */
  blocked: boolean
  /** Bytes on disk. */
  received: number
  /** The upload that uses the ticket now. */
  upload: { readonly progress: Progress } | undefined
  /** The login token of the connection that asked for the ticket; undefined without one, or after a restart. */
  readonly grant: Grant | undefined
  /** The file is deleted, expired or withdrawn: uploads and downloads of it must stop. */
  removed: boolean
}

/** A token to paste, and its end (ms since the epoch). */
export interface Ticket {
  readonly file: SharedFile
  readonly token: string
  readonly expires: number
}

/** The progress of an upload. */
export interface Progress {
  /** Bytes; `size` is undefined if the uploader did not say. */
  readonly received: number
  readonly size: number | undefined
  /** Bytes a second since the beginning, and the estimated seconds to the end, if known. */
  readonly rate: number
  readonly left: number | undefined
}

const nameBytes = 128

/**
 * Returns the name if a file may have it: all of it is visible, and no gap is so long that it looks like two names.
 * The name never becomes part of a path on the server, but it does on the machine of a person who gets the file.
 */
export function checkFileName(name: string): string {
  const wrong =
    Buffer.byteLength(name) > nameBytes ||
    /\/|[\s\u2800]{9}/.test(name) ||
    isBlank(name) ||
    name !== cleanText(name) ||
    name === '.' ||
    name === '..'
  if (wrong) throw fail({ code: 'bad-file-name', name: cleanText(name) })
  return name
}

/** The text of the message that announces a complete file; it stays in the history. */
export function announcementOf({ id, name, received }: SharedFile): string {
  return `sent ${quoted(name)} (${sizeText(received)}): file ${id}`
}

/**
 * The number of the file that this text may announce. Anybody can say such a text, so the caller checks whose file it
 * is.
 */
export function announcedIn({ kind, text }: Pick<MessageRecord, 'kind' | 'text'>): number | undefined {
  const [, id] = kind === 'action' ? (/^sent .*: (?:file|\/fileget) (\d{1,15})$/.exec(text) ?? []) : []
  return id === undefined ? undefined : Number(id)
}

/** Whether a file or ticket has expired or was removed; `now` is the time of day. */
export function isOver({ expires, removed }: SharedFile, now: number): boolean {
  return removed || (expires !== 0 && expires <= now)
}

/** The receiver, as fields of JSON. */
export function targetFields({ target }: SharedFile): { channel: string } | { to: string } {
  return isChannel(target) ? { channel: target.name } : { to: target.name }
}

/** A complete file as people see it; `from` is the name of the sender. */
export function fileData(file: SharedFile, from: string): FileData {
  const { id, name, size = 0, sha256 = '', at, expires, token } = file
  return { id, name, size, sha256, from, ...targetFields(file), get: token, at, expires }
}
