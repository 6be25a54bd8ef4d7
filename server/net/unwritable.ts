import type { Socket } from 'node:net'

/**
 * Node.js destroys a socket as soon as a write fails, and with it the bytes that the peer had sent before. From now on such an
 * error calls `onUnwritable`, once, further output is dropped, and the received bytes can be read to their end. Returns a
 * function that undoes this.
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
