import type { Test } from 'tap'
import type { Output } from '../process/output.ts'
import { startProgram } from '../process/program.ts'

/** What `printf '...' | CLIENT` prints, once the client has ended by itself. */
export async function pipe(t: Test, command: readonly string[], input: string): Promise<Output> {
  const { child, exit, stdout } = startProgram(t, command, { env: { LC_ALL: 'C.UTF-8' } })
  child.stdin.end(input)
  await exit
  return stdout
}
