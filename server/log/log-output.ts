import { constants, fstatSync, openSync } from 'node:fs'
import { type DestinationStream, destination } from 'pino'
import { systemClock } from '../lib/clock.ts'

/** The most bytes of the log that wait while it cannot be written; further lines are lost. */
const mostBytes = 1024 * 1024
/** How long the end of the process waits for a log that accepts nothing (ms). */
const patienceMs = 500

/**
 * Standard output, for the log. The chat never waits for it. If it cannot be written (a full disk, a terminal that is
 * gone, a pipe that nobody reads), the server goes on without the log: it tries again with every line, and it ends
 * without writing the rest when it has to end.
 */
export function logOutput(): DestinationStream {
  const pipe = openPipe()
  let endingSince: number | undefined
  const output = destination({
    dest: pipe ?? 1,
    sync: false,
    maxLength: mostBytes,
    retryEAGAIN: () => endingSince === undefined || systemClock.ticks() - endingSince < patienceMs,
  })
  let failing = false
  let waitingSince: number | undefined
  const write = output.write.bind(output)
  output.write = (line) => {
    waitingSince ??= systemClock.ticks()
    return write(line)
  }
  // pino's own handler ends the process.
  output.removeAllListeners('error')
  output.on('error', () => {
    failing = true
    waitingSince = undefined
  })
  output.on('write', () => {
    failing = false
  })
  output.on('drain', () => {
    waitingSince = undefined
  })
  // This runs before pino's own handler, which would try for ever and block everything else.
  process.prependListener('exit', () => {
    endingSince = systemClock.ticks()
    const isStuck = waitingSince !== undefined && endingSince - waitingSince > patienceMs
    // A thread of Node is in a write that does not return; an orderly end would wait for that thread.
    if (isStuck && pipe === undefined && !failing) process.kill(process.pid, 'SIGKILL')
    if (!failing && pipe === undefined) return
    try {
      if (!failing) output.flushSync()
    } catch {
      // Nobody reads it.
    }
    output.destroy()
  })
  return output
}

/**
 * Opens standard output again if it is a pipe, so that a write to a full pipe fails at once and blocks no thread. The
 * original pipe is shared with other processes, for which nothing may change.
 */
function openPipe(): number | undefined {
  try {
    if (!fstatSync(1).isFIFO()) return undefined
    return openSync('/proc/self/fd/1', constants.O_WRONLY | constants.O_NONBLOCK)
  } catch {
    // The pipe belongs to another user, nobody reads it any more, or the system cannot do this.
    return undefined
  }
}
