import { randomBytes, randomInt } from 'node:crypto'

/** Crockford's base 32: without I, L, O and U, which people misread. */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

function code(length: number): string {
  return Array.from(randomBytes(length), (byte) => letters[byte % letters.length]).join('')
}

/** Letters that are easy to speak and to type on any keyboard, and that nobody confuses. */
const consonants = 'bdfgkmnprstvz'
const vowels = 'aeiu'

/**
 * A first password for a slip of paper: at least four groups such as `bafu-kidu-` (45 bits), and as many as are
 * needed for `minimum` characters. It begins with a letter, so that no spreadsheet takes it for a formula.
 */
export function easyPassword(minimum: number): string {
  const groups: string[] = []
  do
    groups.push([consonants, vowels, consonants, vowels].map((from) => from[randomInt(from.length)]).join(''))
  while (groups.length < 4 || groups.join('-').length < minimum)
  // bcrypt reads no more, and no rule asks for more.
  return groups.join('-').slice(0, 72)
}

/** Makes secrets. Each letter has 5 random bits. */
export const randomSecrets = {
  /** 100 bits in groups of four: `7KQ2-M0XD-...`. */
  recoveryCode: (): string => Array.from({ length: 5 }, () => code(4)).join('-'),
  /** 160 bits. */
  token: (): string => code(32),
}
