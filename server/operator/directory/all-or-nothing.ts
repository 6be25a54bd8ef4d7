const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Does a task of which nothing half may be left: if it fails or somebody interrupts it, `undo` is called, which must
 * not wait for anything. An interrupted process ends as it would have without this; one that ends by itself in the
 * middle of the task does not end as if all were well.
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
