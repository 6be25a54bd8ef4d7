import { createHash } from 'node:crypto'
import type { PasswordHasher, SecretSource } from '../../server/chat/ports/secrecy.ts'
import type { Activity } from './activity.ts'

/** Secrets that look like real ones, and are the same in every run. */
export function countedSecrets(): SecretSource {
  let count = 0
  const letters = (length: number) => {
    const digest = createHash('sha256').update(`secret ${++count}`).digest()
    return [...digest.subarray(0, length)].map((byte) => alphabet[byte % alphabet.length]).join('')
  }
  return {
    recoveryCode: () => letters(20).replace(/(....)(?=.)/g, '$1-'),
    token: () => letters(32),
  }
}

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/**
 * Looks like bcrypt from outside, at no cost: thousands of logins are tried here. The real one is in the program that
 * test/process starts.
 */
export function quickHasher(activity?: Activity): PasswordHasher & { close(): Promise<void> } {
  const during = <T>(promise: Promise<T>) => activity?.during(promise) ?? promise
  return {
    hash: (password) => during(answered(hashOf(password))),
    verify: (password, hash) => during(answered(hash === hashOf(password))),
    close: async () => undefined,
  }
}

function hashOf(password: string): string {
  return createHash('sha256').update(password).digest('hex')
}

/** In another turn, as by a thread. */
function answered<T>(value: T): Promise<T> {
  return new Promise((resolve) => setImmediate(resolve, value))
}
