import { type DestinationStream, destination } from 'pino'

/** So much of the log waits where it cannot be written; what comes then is lost. */
const mostBytes = 1024 * 1024

/**
 * Standard output, for the log. Nobody who chats waits for it, and where it cannot be written (a full disk, a terminal
 * that is gone) all goes on without: with every line it is tried again.
 */
export function logOutput(): DestinationStream {
  const output = destination({ dest: 1, sync: false, maxLength: mostBytes })
  let failing = false
  // pino's own ends the process.
  output.removeAllListeners('error')
  output.on('error', () => {
    failing = true
  })
  output.on('write', () => {
    failing = false
  })
  // Before pino's own, which tries until it works, and does nothing else any more.
  process.prependListener('exit', () => {
    if (failing) output.destroy()
  })
  return output
}
