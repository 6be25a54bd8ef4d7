import type { Counts } from '../../chat/machine/counts.ts'
import type { PasswordHasher } from '../../chat/ports/secrecy.ts'
import type { Clock } from '../../lib/clock.ts'
import { HasherBusy } from '../../lib/passwords.ts'

/** The same hasher; how long it takes, with the wait for a thread, is measured. */
export function measuredHasher(hasher: PasswordHasher, counts: Counts, clock: Clock): PasswordHasher {
  const measure = async <T>(task: () => Promise<T>): Promise<T> => {
    const begun = clock.ticks()
    counts.passwordsPending++
    try {
      const done = await task()
      counts.measures.passwordSeconds.observe((clock.ticks() - begun) / 1000)
      return done
    } catch (error) {
      if (error instanceof HasherBusy) counts.loginFailures.add('busy')
      throw error
    } finally {
      counts.passwordsPending--
    }
  }
  return {
    hash: (password, turn) => measure(() => hasher.hash(password, turn)),
    verify: (password, hash, turn) => measure(() => hasher.verify(password, hash, turn)),
  }
}
