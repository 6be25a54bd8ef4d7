import { Readable } from 'node:stream'
import { run } from '../../server/program.ts'
import type { Order } from './desk.ts'

/*
 * The command line, over and over in one process: what a command finds is as it would be at its start, and an end of the
 * process is the end of the command. Behind what a command prints there is a NUL on both streams.
 */

/** A command has asked for the end of the process. */
class Exit extends Error {}

process.umask(0o077)
const { write } = process.stderr
const { exit } = process
// Whoever gave the orders has ended, however that was.
process.on('disconnect', () => exit.call(process, 1))
let exited = false
process.exit = (code) => {
  if (!exited && typeof code === 'number') process.exitCode = code
  exited = true
  // Whoever catches this on its way would tell it as an error.
  process.stderr.write = () => true
  throw new Exit()
}

process.on('message', async ({ args, input }: Order) => {
  process.argv = [process.execPath, 'partyline', ...args]
  process.exitCode = 0
  exited = false
  Object.defineProperty(process, 'stdin', { configurable: true, value: Readable.from([Buffer.from(input)]) })
  try {
    await run()
  } catch (error) {
    if (!(error instanceof Exit)) throw error
  }
  process.stderr.write = write
  process.stdout.removeAllListeners('error')
  const code = process.exitCode
  process.stdout.write('\0', () => process.stderr.write('\0', () => process.send?.(code)))
})
process.send?.('ready')
