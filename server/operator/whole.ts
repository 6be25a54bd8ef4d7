const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Does a task of which nothing half may be left: if it fails or somebody interrupts it, `undo` is called, which must
 * not wait for anything. An interrupted process ends as it would have without this.
 */
export async function whole<T>(undo: () => void, task: () => Promise<T>): Promise<T> {
  const interrupted = (signal: NodeJS.Signals) => {
    undo()
    stop()
    // Not process.exit: it would wait for the thread that copies the database.
    process.kill(process.pid, signal)
  }
  const stop = () => {
    for (const signal of signals) process.off(signal, interrupted)
  }
  for (const signal of signals) process.on(signal, interrupted)
  try {
    return await task()
  } catch (error) {
    undo()
    throw error
  } finally {
    stop()
  }
}
