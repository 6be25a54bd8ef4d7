import { boundaryBefore } from './graphemes.ts'
import { keyAtEnd } from './keys.ts'

/** The bytes of keys that edit a line. In no character set are they a part of another character. */
export const editingKeys = { ctrlC: 0x03, backspace: 0x08, ctrlU: 0x15, ctrlW: 0x17, del: 0x7f } as const
const keys: ReadonlySet<number> = new Set(Object.values(editingKeys))
const space = 0x20

export function isEditingKey(byte = space): boolean {
  // Asked of every byte that comes: nearly all are text.
  return (byte < space || byte === editingKeys.del) && keys.has(byte)
}

/** What the keys among these bytes have made of a line, whose other bytes are text for `decode`. */
export function editedText(bytes: Buffer, decode: (bytes: Buffer) => string): string {
  let text = ''
  let from = 0
  for (let at = 0; at <= bytes.length; at++) {
    if (at < bytes.length && !isEditingKey(bytes[at])) continue
    text += decode(bytes.subarray(from, at))
    if (at < bytes.length) text = pressed(text, bytes[at])
    from = at + 1
  }
  return text
}

/** How far before the end of a text a key or a character is looked for, in UTF-16 units: a line may have many keys. */
const reach = 64

/** Does what the driver of a terminal does (termios(3): ERASE, WERASE, KILL, INTR), a grapheme cluster at a time. */
function pressed(text: string, key: number | undefined): string {
  if (key === editingKeys.ctrlU || key === editingKeys.ctrlC) return ''
  let length = lengthWithoutKeys(text)
  if (key === editingKeys.ctrlW) {
    while (isBlank(text[length - 1])) length--
    while (length > 0 && !isBlank(text[length - 1])) length--
    return text.slice(0, length)
  }
  const from = Math.max(0, length - reach)
  return text.slice(0, from + boundaryBefore(text.slice(from, length), length - from))
}

/** Without the arrows and the like at the end: nobody sees them, so that nobody means them. */
function lengthWithoutKeys(text: string): number {
  for (let length = text.length; ; ) {
    const key = keyAtEnd(text.slice(Math.max(0, length - reach), length))
    if (key === '') return length
    length -= key.length
  }
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t'
}
