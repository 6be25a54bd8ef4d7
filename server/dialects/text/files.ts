import type { ChatEvent, FileData } from '../../chat/events.ts'
import type { Reply, UploadRow } from '../../chat/replies.ts'
import { sizeText } from '../../lib/sizes.ts'
import type { ZoneFormat } from '../../lib/zones.ts'
import { getLine, type Place, putLine } from '../paste.ts'
import { plural, table } from './layout.ts'
import type { Screen } from './screen.ts'

/** A line to paste stands alone, and is never broken. */
function pasteLine(line: string): string {
  return `*   ${line}`
}

export function ticketLines(reply: Reply & { code: 'file-ticket' }, { place }: Screen): string[] {
  const { expires, name, now, to, token } = reply
  return [
    `* To send ${name} to ${to}, run this where the file is, within ${durationText((expires - now) / 1000)}:`,
    pasteLine(putLine(token, name, place)),
  ]
}

export function tokenLines(reply: Reply & { code: 'file-token' }, { place }: Screen): string[] {
  const { expires, file, now, token } = reply
  return [
    `* To get ${file.name} (${sizeText(file.size)}), run this within ${durationText((expires - now) / 1000)}:`,
    pasteLine(getLine(token, file.name, place)),
    `* Its SHA-256 is ${file.sha256}`,
  ]
}

export function inlineLines({ base64, file }: Reply & { code: 'file-inline' }): string[] {
  return [
    ...(base64.match(/.{1,76}/g) ?? []).map((line) => `- ${line}`),
    `* That is ${file.name} in base64: without "- " in front of the lines, base64 -d makes the file of it.`,
  ]
}

export function storedLine(file: FileData): string {
  const where = file.channel === undefined ? `for ${file.to}` : `in ${file.channel}`
  return `${file.name} is there, ${where}: ${sizeText(file.size)}, SHA-256 ${file.sha256}`
}

export function filesLines({ files, uploads }: Reply & { code: 'files' }, screen: Screen): string[] {
  const { place, times, width } = screen
  const rows = files.map(({ at, channel, expires, from, id, name, size, to }) => [
    String(id),
    name,
    sizeText(size),
    `from ${from} to ${channel ?? to}`,
    expires === 0 ? times.date(at) : `until ${times.date(expires)}`,
  ])
  return [
    ...table(rows, width),
    ...uploads.flatMap((upload) => [
      `- ${upload.id}  ${upload.name}  to ${upload.channel ?? upload.to}: ${uploadText(upload)}`,
      ...(upload.state === 'running'
        ? []
        : [`-   ${putLine(upload.token, upload.name, place, upload.received)}`]),
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
      return `broke off at ${percentText(received, size)}. To go on:`
    default:
      return state satisfies never
  }
}

/** What the line about an event ends with that is to be pasted into a shell; '' if there is nothing. */
export function pasteOf(event: ChatEvent, place: Place): string {
  if (event.type === 'file' && !event.own) return getLine(event.file.get, event.file.name, place)
  return event.type === 'upload' && event.state !== 'running' ? putAgain(event, place) : ''
}

function putAgain(
  { name, received, size, token = '' }: ChatEvent & { type: 'upload' },
  place: Place,
): string {
  return putLine(token, name, place, size === undefined ? 0 : received)
}

/** What is heard of a file that is there. */
export function fileLine(file: FileData, own: boolean, times: ZoneFormat, place: Place): string {
  const { at, channel, from, get, name, size, to } = file
  const what = `sent ${name} (${sizeText(size)})`
  const when = `[${times.time(at)}]`
  if (own) return `${when} *${from} -> ${to}* ${what}`
  const who = channel === undefined ? `*${from}*` : `${channel} <${from}>`
  return `${when} ${who} ${what}. Get it: ${getLine(get, name, place)}`
}

/** What the sender hears of an upload. */
export function uploadLine(event: ChatEvent & { type: 'upload' }, place: Place): string {
  const { name, received, size, state } = event
  if (state === 'running') return `* ${name}: ${progressText(event)}`
  return `* ${name} broke off at ${percentText(received, size)}. To go on: ${putAgain(event, place)}`
}

/** How an upload goes, for chat and for the uploading terminal. */
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

/** Seconds as people read them. */
export function durationText(seconds: number): string {
  if (seconds < 90) return plural(Math.max(1, Math.round(seconds)), 'second')
  const minutes = Math.round(seconds / 60)
  if (minutes < 90) return plural(minutes, 'minute')
  return plural(Math.round(minutes / 60), 'hour')
}
