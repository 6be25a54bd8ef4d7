import type { IncomingMessage } from 'node:http'
import { checkFileName } from '../chat/files/file.ts'
import { fail } from '../chat/model/failures.ts'
import { savedName } from '../dialects/paste.ts'

/** The body of a PUT: with a length, in chunks without one, or with Content-Range as a part of the file. */
export function announcedBy({ headers }: IncomingMessage): { size: number | undefined; offset: number } {
  const length = headers['content-length']
  const range = headers['content-range']
  if (range === undefined) return { size: length === undefined ? undefined : Number(length), offset: 0 }
  const [, first, last, size] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/i.exec(range) ?? []
  if (size === undefined || Number(last) + 1 !== Number(size) || Number(first) > Number(size))
    throw fail({ code: 'bad-arguments', detail: 'Content-Range must go on to the end of the file.' })
  return { size: Number(size), offset: Number(first) }
}

/**
 * The range that a GET asks for, `end` exclusive; undefined for the whole file. Also undefined for several ranges, or a range
 * of another version of the file: RFC 9110 (14.2) lets a server ignore them, and has it ignore those of a HEAD.
 */
export function rangeOf(
  { headers, method }: IncomingMessage,
  size: number,
  tag: string,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  if (method !== 'GET') return undefined
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/i.exec(headers.range ?? '') ?? []
  const condition = headers['if-range']
  if ((first === '' && last === '') || (condition !== undefined && condition !== tag)) return undefined
  // RFC 9110, 14.1.2: the last bytes of an empty file are no valid range.
  if (first === '')
    return Number(last) === 0 || size === 0
      ? 'unsatisfiable'
      : { start: Math.max(0, size - Number(last)), end: size }
  if (last !== '' && Number(last) < Number(first)) return undefined
  if (Number(first) >= size) return 'unsatisfiable'
  return { start: Number(first), end: last === '' ? size : Math.min(size, Number(last) + 1) }
}

/**
 * Content-Disposition (RFC 6266). The plain name is raw UTF-8, as curl -J reads it, which knows nothing else. It has nothing
 * that some programs unescape and others take as it is: no quotation mark, no backslash, and nothing that looks percent-encoded.
 */
export function dispositionOf(name: string): string {
  const plain = name
    .replaceAll('"', "'")
    .replaceAll('\\', '_')
    .replace(/%(?=[\da-f]{2})/gi, '_')
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${Buffer.from(plain).toString('latin1')}"; filename*=UTF-8''${encoded}`
}

/**
 * Checks the name behind a token, as it stands in the path. It is for programs that call a file by the end of its address, as
 * wget does, or that put the name there, as `curl -T FILE http://HOST/put/TOKEN/` does; the server goes by the token alone.
 * Throws `bad-file-name` for what no file here could have as its name.
 */
export function checkPathName(encoded: string): string {
  try {
    // Some systems have the letters of names decomposed.
    return checkFileName(decodeURIComponent(encoded).normalize('NFC'))
  } catch (error) {
    throw error instanceof URIError ? fail({ code: 'bad-file-name', name: encoded }) : error
  }
}

/** The same where a program would save the file by that name, which then has to be a harmless one. */
export function checkSavedName(encoded: string): void {
  const name = checkPathName(encoded)
  const harmless = savedName(name)
  if (harmless !== name)
    throw fail({
      code: 'bad-arguments',
      detail: `Programs may read a file of that name by themselves: get it as ${encodeURIComponent(harmless)}.`,
    })
}
