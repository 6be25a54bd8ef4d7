import { constants, fstatSync, openSync } from 'node:fs'
import { type DestinationStream, destination } from 'pino'
import { systemClock } from '../lib/clock.ts'

/** So much of the log waits where it cannot be written; what comes then is lost. */
const mostBytes = 1024 * 1024
/** So long the end of the process waits for a log that takes nothing just now. */
const patienceMs = 500

/**
 * Standard output, for the log. Nobody who chats waits for it, and where it cannot be written (a full disk, a terminal
 * that is gone, a pipe that nobody reads) all goes on without: with every line it is tried again, and the process ends
 * without it when it is to end.
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
  // pino's own ends the process.
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
  // Before pino's own, which tries until it works, and does nothing else any more.
  process.prependListener('exit', () => {
    endingSince = systemClock.ticks()
    const isStuck = waitingSince !== undefined && endingSince - waitingSince > patienceMs
    // One of Node's threads is in a write that does not return: an orderly end would wait for it.
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
 * Standard output where it is a pipe, opened anew so that a full one is told at once and blocks no thread: the pipe that
 * was given is shared with others, for whom nothing may change.
 */
function openPipe(): number | undefined {
  try {
    if (!fstatSync(1).isFIFO()) return undefined
    return openSync('/proc/self/fd/1', constants.O_WRONLY | constants.O_NONBLOCK)
  } catch {
    // Of another user, read by nobody any more, or on a system that cannot do it.
    return undefined
  }
}
