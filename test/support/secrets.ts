import { createHash } from 'node:crypto'
import bcrypt from 'bcryptjs'
import type { PasswordHasher, SecretSource } from '../../server/chat/ports.ts'
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

/** bcrypt with the least work, in this thread. */
export function quickHasher(activity?: Activity): PasswordHasher & { close(): Promise<void> } {
  const during = <T>(promise: Promise<T>) => activity?.during(promise) ?? promise
  return {
    hash: (password) => during(bcrypt.hash(password, 4)),
    async verify(password, hash) {
      const right = await during(bcrypt.compare(password, hash ?? nobody))
      return right && hash !== undefined
    },
    close: async () => undefined,
  }
}

const nobody = bcrypt.hashSync('nobody has this password', 4)
