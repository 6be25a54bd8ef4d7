import type { ChatEvent, FileData } from '../../chat/model/events.ts'
import type { UploadRow } from '../../chat/model/replies/files.ts'
import type { Reply } from '../../chat/model/replies.ts'
import { quoted } from '../../lib/quoted.ts'
import { exactSize, sizeText } from '../../lib/sizes.ts'
import { curlLine, curlPutLine, getLine, type Place, putLine } from '../paste.ts'
import { plural, table } from './layout.ts'
import type { ReplyLines } from './reply-lines.ts'
import type { Screen } from './screen.ts'

/** Files, and the lines to paste that send and get them. */
export const fileReplies = {
  'file-ticket': ticketLines,
  'file-token': tokenLines,
  'file-inline': inlineLines,
  'file-stored': (reply) => [`* ${storedLine(reply.file)}`],
  files: filesLines,
  'file-deleted': (reply) => [`* ${quoted(reply.name)} (${reply.id}) is deleted.`],
} satisfies Partial<ReplyLines>

/** A line to paste stands on a line of its own, and is never broken. */
function pasteLine(line: string): string {
  return `*   ${line}`
}

function ticketLines(reply: Reply & { code: 'file-ticket' }, { place }: Screen): string[] {
  const { expires, name, now, to, token } = reply
  return [
    `* To send ${quoted(name)} to ${to}, run one of these where the file is, within ${durationText((expires - now) / 1000)}:`,
    ...putLines(token, name, place).map(pasteLine),
  ]
}

function tokenLines(reply: Reply & { code: 'file-token' }, { place }: Screen): string[] {
  const { expires, file, now, token } = reply
  return [
    `* To get ${quoted(file.name)}, ${exactSize(file.size)}, run one of these within ${durationText((expires - now) / 1000)}:`,
    ...getLines(file, token, place),
  ]
}

/** Two ways to send a file, from `offset` on. */
function putLines(token: string, name: string, place: Place, offset = 0): string[] {
  return [putLine(token, name, place, offset), curlPutLine(token, name, place, offset)]
}

/** Two ways to get a file, and a checksum to verify it. */
function getLines({ name, sha256 }: FileData, token: string, place: Place): string[] {
  return [
    pasteLine(getLine(token, name, place)),
    pasteLine(curlLine(token, place)),
    `* Its SHA-256 is ${sha256}`,
  ]
}

function inlineLines({ base64, file }: Reply & { code: 'file-inline' }): string[] {
  return [
    ...(base64.match(/.{1,76}/g) ?? []).map((line) => `- ${line}`),
    `* That is ${quoted(file.name)} in base64: without "- " in front of the lines, base64 -d makes the file of it.`,
  ]
}

export function storedLine(file: FileData): string {
  const where = file.channel === undefined ? `for ${file.to}` : `in ${file.channel}`
  return `${quoted(file.name)} is there, ${where}: ${exactSize(file.size)}, SHA-256 ${file.sha256}`
}

function filesLines({ files, uploads }: Reply & { code: 'files' }, screen: Screen): string[] {
  const { place, times, width } = screen
  const rows = files.map(({ at, channel, expires, from, id, name, size, to }) => [
    String(id),
    quoted(name),
    sizeText(size),
    `from ${from} to ${channel ?? to}`,
    expires === 0 ? times.date(at) : `until ${times.date(expires)}`,
  ])
  return [
    ...table(rows, width),
    ...uploads.flatMap((upload) => [
      `- ${upload.id}  ${quoted(upload.name)}  to ${upload.channel ?? upload.to}: ${uploadText(upload)}`,
      ...(upload.state === 'running'
        ? []
        : putLines(upload.token, upload.name, place, upload.received).map((line) => `-   ${line}`)),
    ]),
    files.length === 0
      ? `* No files${uploads.length > 0 ? ' yet' : ''}. /filesend NAME sends one.`
      : `* ${plural(files.length, 'file')}. /fileget N gets one, /filedelete N deletes one.`,
  ]
}

function uploadText({ received, size, state, ...how }: UploadRow): string {
  switch (state) {
    case 'waiting':
      return 'not begun. To send it:'
    case 'running':
      return progressText({ received, size, ...how })
    case 'broken':
      return received === 0
        ? 'nothing of it is here. To send it:'
        : `broke off at ${percentText(received, size)}. To go on:`
    default:
      return state satisfies never
  }
}

/** The event that a file has arrived; the commands to run stand on lines of the server's own. */
export function fileLines({ file, own }: ChatEvent & { type: 'file' }, place: Place): string[] {
  const { channel, from, get, id, name, size, to } = file
  const what = `${quoted(name)} to ${channel ?? (own ? to : 'you')}: file ${id}, ${exactSize(size)}.`
  if (own) return [`* You sent ${what}`]
  return [`* ${from} sent ${what} To get it, run one of these:`, ...getLines(file, get, place)]
}

/** The event about an upload, for its sender. */
export function uploadLines(event: ChatEvent & { type: 'upload' }, place: Place): string[] {
  const { name, reason, received, size, state, token = '' } = event
  if (state === 'running') return [`* ${quoted(name)}: ${progressText(event)}`]
  if (reason === 'wrong-checksum')
    return [
      `* ${quoted(name)} came with another SHA-256 than its sender stated, so nothing of ${received > 0 ? 'that is kept, but what came before. To go on' : 'it is kept. To send it again'}, run one of these where the file is:`,
      ...putLines(token, name, place, received).map(pasteLine),
    ]
  // A folder, a device or a program that failed comes to nothing, and there is nothing to go on with.
  const ended =
    received === 0
      ? `Nothing of ${quoted(name)} is here. If it is a file, run one of these where it is; /help filesend tells how to send a folder:`
      : `${quoted(name)} broke off at ${percentText(received, size)}. To go on, run one of these where the file is:`
  return [`* ${ended}`, ...putLines(token, name, place, size === undefined ? 0 : received).map(pasteLine)]
}

/** The progress of an upload, for the chat and for the uploading terminal. */
export function progressText(progress: {
  readonly received: number
  readonly size?: number | undefined
  readonly rate?: number | undefined
  readonly left?: number | undefined
}): string {
  const { left, rate, received, size } = progress
  return [
    percentText(received, size),
    ...(rate === undefined ? [] : [`${sizeText(Math.round(rate))}/s`]),
    ...(left === undefined ? [] : [`${durationText(left)} left`]),
  ].join(', ')
}

function percentText(received: number, size: number | undefined): string {
  return size === undefined
    ? sizeText(received)
    : `${Math.floor(size === 0 ? 100 : (received / size) * 100)} % of ${sizeText(size)}`
}

/** A duration in seconds, as people read it. */
export function durationText(seconds: number): string {
  if (seconds < 90) return plural(Math.max(1, Math.round(seconds)), 'second')
  const minutes = Math.round(seconds / 60)
  if (minutes < 90) return plural(minutes, 'minute')
  return plural(Math.round(minutes / 60), 'hour')
}
