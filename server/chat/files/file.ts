import { cleanText, isBlank } from '../../lib/clean.ts'
import { quoted } from '../../lib/quoted.ts'
import { sizeText } from '../../lib/sizes.ts'
import type { FileData } from '../model/events.ts'
import { fail } from '../model/failures.ts'
import type { Grant } from '../model/grant.ts'
import type { Account, Channel } from '../model/people.ts'
import type { MessageRecord } from '../ports/records.ts'
import { isChannel } from '../talk/talk.ts'

/** Where a file can go. */
export type FileTarget = Channel | Account

/** A ticket for a file, or the file once it is whole. */
export interface SharedFile {
  readonly id: number
  readonly name: string
  /** The account that sends it; it may be deleted by now. */
  readonly from: number
  readonly target: FileTarget
  readonly blob: string
  /** The ticket's until the file is whole, then the room's. */
  token: string
  size: number | undefined
  /** In hex; undefined until the file is whole. */
  sha256: string | undefined
  at: number
  expires: number
  /** The receiver has blocked the sender, and never finds it. */
  blocked: boolean
  /** Bytes on disk. */
  received: number
  /** The upload that has the ticket now. */
  upload: { readonly progress: Progress } | undefined
  /** By what token whoever asked for the ticket was logged in; undefined for none, or after a restart. */
  readonly grant: Grant | undefined
  /** Deleted, expired or withdrawn: whoever is at it must stop. */
  removed: boolean
}

/** How far an upload is. */
export interface Progress {
  /** Bytes; `size` is undefined if the uploader did not say. */
  readonly received: number
  readonly size: number | undefined
  /** Bytes a second since it began, and seconds to go, as far as can be told. */
  readonly rate: number
  readonly left: number | undefined
}

const nameBytes = 128

/**
 * Answers the name if a file may have it: people see all of it, and no gap in it is so long that it looks like two. It never becomes part of a path here, but it does where somebody
 * gets the file.
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

/** What is said of a file when it is whole: this stays in the history. */
export function announcementOf({ id, name, received }: SharedFile): string {
  return `sent ${quoted(name)} (${sizeText(received)}): file ${id}`
}

/** The number of the file that this may be the announcement of. Anybody can say it: the file has to be theirs. */
export function announcedIn({ kind, text }: Pick<MessageRecord, 'kind' | 'text'>): number | undefined {
  const [, id] = kind === 'action' ? (/^sent .*: (?:file|\/fileget) (\d{1,15})$/.exec(text) ?? []) : []
  return id === undefined ? undefined : Number(id)
}

/** Where it goes, as fields of what programs get. */
export function targetFields({ target }: SharedFile): { channel: string } | { to: string } {
  return isChannel(target) ? { channel: target.name } : { to: target.name }
}

/** A whole file as people see it; `from` is the sender's name. */
export function fileData(file: SharedFile, from: string): FileData {
  const { id, name, size = 0, sha256 = '', at, expires, token } = file
  return { id, name, size, sha256, from, ...targetFields(file), get: token, at, expires }
}
