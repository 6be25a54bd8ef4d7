import type { Socket } from 'node:net'

/**
 * From this many bytes on, several chunks are sent without a copy. Smaller ones are copied into one, which is quicker; larger
 * copies for many connections would keep the garbage collector busy.
 */
const worthGathering = 4096

/** Sends all chunks at once, if the socket is still writable. */
export function writeTogether(socket: Socket, chunks: readonly Buffer[]): void {
  if (!socket.writable || chunks.length === 0) return
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

/** Resolves when the peer has taken the waiting bytes, or the socket is closed. */
export function written(socket: Socket): Promise<void> {
  if (socket.writableLength === 0 || socket.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    const done = () => {
      socket.off('drain', done)
      socket.off('close', done)
      resolve()
    }
    // `drain` comes only after a write above the high-water mark; fewer bytes are not worth waiting for.
    if (!socket.writableNeedDrain) return resolve()
    socket.on('drain', done)
    socket.on('close', done)
  })
}
