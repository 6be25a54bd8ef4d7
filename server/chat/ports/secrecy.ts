import type { Turn } from '../../lib/fair-slots.ts'

/** Slow hashing, away from the thread that serves everybody. */
export interface PasswordHasher {
  /** `turn`: whose turn it is where several wait. */
  hash(password: string, turn?: Turn): Promise<string>
  /** Takes the same time for a missing hash as for a wrong password. */
  verify(password: string, hash: string | undefined, turn?: Turn): Promise<boolean>
}

/** Secrets made by the server: recovery codes and login tokens. */
export interface SecretSource {
  /** A code of at least 100 random bits, easy to read out and to type. */
  recoveryCode(): string
  /** A token of at least 128 random bits. */
  token(): string
}
