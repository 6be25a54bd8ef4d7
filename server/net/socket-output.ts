import type { Socket } from 'node:net'

/**
 * From this many bytes on, several chunks are sent without a copy. Smaller ones are copied into one, which is quicker; larger
 * copies cost more than they save.
 */
const worthGathering = 4096

/** Writes on sockets; those of a server share one, and the memory in which it joins what is small. */
export class SocketWriter {
  #memory = Buffer.allocUnsafeSlow(worthGathering)

  /** Sends all chunks at once, if the socket is still writable. They must not be changed afterwards. */
  write(socket: Socket, chunks: readonly Buffer[]): void {
    const [first] = chunks
    if (!first || !socket.writable) return
    const size = chunks.length === 1 ? 0 : chunks.reduce((sum, { length }) => sum + length, 0)
    if (chunks.length === 1) socket.write(first)
    else if (size < worthGathering) this.#writeJoined(socket, chunks, size)
    else {
      // One system call for all of them.
      socket.cork()
      for (const chunk of chunks) socket.write(chunk)
      socket.uncork()
    }
  }

  #writeJoined(socket: Socket, chunks: readonly Buffer[], size: number): void {
    // What has to wait keeps its memory, and no more than it needs.
    if (socket.writableLength > 0) {
      socket.write(Buffer.concat(chunks, size))
      return
    }
    const joined = this.#memory.subarray(0, size)
    let end = 0
    for (const chunk of chunks) {
      joined.set(chunk, end)
      end += chunk.length
    }
    socket.write(joined)
    // Where nothing waits, the system has its own copy, and nobody reads this memory any more.
    if (socket.writableLength > 0) this.#memory = Buffer.allocUnsafeSlow(worthGathering)
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
