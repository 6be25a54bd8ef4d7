import { randomBytes } from 'node:crypto'

/** Crockford's base 32: no I, L, O or U, which are misread. */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

function code(length: number): string {
  return Array.from(randomBytes(length), (byte) => letters[byte % letters.length]).join('')
}

/** Secrets that the server makes. Each letter has 5 random bits. */
export const randomSecrets = {
  /** 100 bits in groups of four: `7KQ2-M0XD-...`. */
  recoveryCode: (): string => Array.from({ length: 5 }, () => code(4)).join('-'),
  /** 160 bits. */
  token: (): string => code(32),
}
