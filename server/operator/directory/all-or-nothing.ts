const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs a task of which no half may be left: if it fails or somebody interrupts the process, calls `undo`, which must not wait for
 * anything. An interrupted process then ends by the signal; a process that ends by itself during the task ends with an error.
 */
export async function allOrNothing<T>(undo: () => void, task: () => Promise<T>): Promise<T> {
  const interrupted = (signal: NodeJS.Signals) => {
    undo()
    stop()
    // Not process.exit: it would wait for the thread that copies the database.
    process.kill(process.pid, signal)
  }
  const ended = () => {
    undo()
    process.exitCode ||= 1
  }
  const stop = () => {
    for (const signal of signals) process.off(signal, interrupted)
    process.off('exit', ended)
  }
  for (const signal of signals) process.on(signal, interrupted)
  process.on('exit', ended)
  try {
    return await task()
  } catch (error) {
    undo()
    throw error
  } finally {
    stop()
  }
}
