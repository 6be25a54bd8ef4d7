import { createRequire } from 'node:module'
import type iconvLite from 'iconv-lite'
import type { CharsetName } from './charset-names.ts'
import { editedText } from './keyed-text.ts'

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

/** The bytes of one character (a code point); undefined if the character set does not have it. */
export function bytesOf(charset: CharsetName, character: string): Buffer | undefined {
  const bytes = iconv().encode(character, charset)
  return bytes[0] === 0x3f && character !== '?' ? undefined : bytes
}
