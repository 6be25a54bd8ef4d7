import { fstatSync, statSync } from 'node:fs'
import { Refused } from '../control/refused.ts'

/** Whether standard output is lost: it is closed (then Node opens /dev/null instead), or is /dev/null. */
function isLost(): boolean {
  try {
    const [out, nowhere] = [fstatSync(1), statSync('/dev/null')]
    return out.isCharacterDevice() && out.rdev === nowhere.rdev
  } catch {
    return true
  }
}

/** Refuses to show a one-time secret if standard output is lost. */
export function requireOutput(): void {
  if (isLost())
    throw new Refused({
      code: 'no-output',
      message:
        'Standard output is closed or /dev/null, and the passwords would be lost. Nobody was registered. Say where they go: >slips.csv',
    })
}

/**
 * Writes to standard output, and resolves when the system has taken it.
 * @throws {Refused} with `otherwise` if it did not
 */
export function writeSurely(text: string, otherwise: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) =>
      reject(
        new Refused({
          code: 'no-output',
          message: `Standard output cannot be written (${error.message}). ${otherwise}`,
        }),
      )
    // While it listens, `run` leaves an error to it; for good, because the error comes behind the answer.
    process.stdout.on('error', failed)
    process.stdout.write(text, (error) => {
      if (error) return failed(error)
      process.stdout.off('error', failed)
      resolve()
    })
  })
}
