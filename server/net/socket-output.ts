import type { Socket } from 'node:net'

/**
 * From so many bytes on, several chunks are sent from where they are. What is smaller is sooner copied; larger copies
 * for each of many connections keep the garbage collector busy.
 */
const worthGathering = 4096

/** Sends all of them at once, if the socket can still be written to. */
export function writeTogether(socket: Socket, chunks: readonly Buffer[]): void {
  if (!socket.writable) return
  const [first] = chunks
  const size = chunks.length === 1 ? 0 : chunks.reduce((sum, { length }) => sum + length, 0)
  if (chunks.length === 1 && first) socket.write(first)
  else if (size < worthGathering) socket.write(Buffer.concat(chunks, size))
  else {
    // One system call for all of them.
    socket.cork()
    for (const chunk of chunks) socket.write(chunk)
    socket.uncork()
  }
}

/** Resolves when the peer has taken what waits, or the socket is closed. */
export function written(socket: Socket): Promise<void> {
  if (socket.writableLength === 0 || socket.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    const done = () => {
      socket.off('drain', done)
      socket.off('close', done)
      resolve()
    }
    // `drain` comes only where a write went over the high-water mark; what is below it is not worth waiting for.
    if (!socket.writableNeedDrain) return resolve()
    socket.on('drain', done)
    socket.on('close', done)
  })
}
