import { createRequire } from 'node:module'
import type iconvLite from 'iconv-lite'
import type { CharsetName } from './charset-names.ts'
import { editedText } from './keyed-text.ts'

const questionMark = 0x3f
const load = createRequire(import.meta.url)

/** Most servers never need it, so that it is loaded when the first terminal does. */
function iconv(): typeof iconvLite {
  return load('iconv-lite')
}

/** The text that these bytes are; undefined if they are none in this character set. */
export function decodedFrom(charset: CharsetName, bytes: Buffer): string | undefined {
  const text = iconv().decode(bytes, charset, { stripBOM: false })
  return text.includes('\uFFFD') ? undefined : text
}

/** The same of a line that still has the keys that edit it: they take characters of this character set, not bytes. */
export function editedFrom(charset: CharsetName, bytes: Buffer): string | undefined {
  const text = editedText(bytes, (part) => iconv().decode(part, charset, { stripBOM: false }))
  return text.includes('\uFFFD') ? undefined : text
}

/** What is known of the code points of each set, which it takes some time to find out: 1 if it has this one, 2 if not. */
const known = new Map<CharsetName, Uint8Array>()
const mostPoints = 0x10000

/** Whether the character set has this code point. None of them has one beyond the basic plane. */
export function hasPoint(charset: CharsetName, point: string): boolean {
  const code = point.codePointAt(0) ?? 0
  if (code < 0x80) return true
  if (code >= mostPoints) return false
  const found = known.get(charset) ?? new Uint8Array(mostPoints)
  known.set(charset, found)
  found[code] ||= iconv().encode(point, charset)[0] === questionMark ? 2 : 1
  return found[code] === 1
}

/** The bytes of a text of which the character set has every code point. */
export function encodedIn(charset: CharsetName, text: string): Buffer {
  return iconv().encode(text, charset)
}
