import type { Socket } from 'node:net'

/**
 * Node.js destroys a socket as soon as it cannot be written to, and with that goes what its peer had sent before it
 * closed. From now on such an error is told by `onUnwritable`, once, and what is written comes to nothing; what had come
 * can be read to its end. Answers how to undo that.
 */
export function keepReading(socket: Socket, onUnwritable: () => void): () => void {
  type Done = (error?: Error | null) => void
  const { _write: write, _writev: writev } = socket
  let broken = false
  const around =
    (done: Done): Done =>
    (error) => {
      done()
      if (!error || broken) return
      broken = true
      onUnwritable()
    }
  socket._write = (chunk, encoding, done: Done) => {
    if (broken) done()
    else write.call(socket, chunk, encoding, around(done))
  }
  if (writev)
    socket._writev = (chunks, done: Done) => {
      if (broken) done()
      else writev.call(socket, chunks, around(done))
    }
  return () => {
    socket._write = write
    if (writev) socket._writev = writev
  }
}
