import { randomBytes, randomInt } from 'node:crypto'

/** Crockford's base 32: no I, L, O or U, which are misread. */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

function code(length: number): string {
  return Array.from(randomBytes(length), (byte) => letters[byte % letters.length]).join('')
}

/** Spoken and typed easily on any keyboard, and never confused with each other. */
const consonants = 'bdfgkmnprstvz'
const vowels = 'aeiu'

/**
 * A first password that is read from a slip of paper: groups such as `bafu-kidu-`, four at least (45 bits), and as many as
 * `minimum` characters take. It begins with a letter, so that no spreadsheet takes it for a formula.
 */
export function easyPassword(minimum: number): string {
  const groups: string[] = []
  do
    groups.push([consonants, vowels, consonants, vowels].map((from) => from[randomInt(from.length)]).join(''))
  while (groups.length < 4 || groups.join('-').length < minimum)
  // bcrypt looks at no more, and no rule asks for more.
  return groups.join('-').slice(0, 72)
}

/** Secrets that the server makes. Each letter has 5 random bits. */
export const randomSecrets = {
  /** 100 bits in groups of four: `7KQ2-M0XD-...`. */
  recoveryCode: (): string => Array.from({ length: 5 }, () => code(4)).join('-'),
  /** 160 bits. */
  token: (): string => code(32),
}
