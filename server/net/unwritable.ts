import type { Socket } from 'node:net'

/** Who goes on reading a socket that cannot be written. */
export interface Reader {
  /** Called once, when a write has failed. */
  unwritable(): void
}

type Done = (error?: Error | null) => void

/** The property of a socket with its reader; undefined once a write has failed. A closure for each connection would take more. */
const reader = Symbol('reader')
type Kept = Socket & { [reader]?: Reader | undefined }

/**
 * Node.js destroys a socket as soon as a write fails, and with it the bytes that the peer had sent before. From now on such an
 * error is told to `owner`, further output is dropped, and the received bytes can be read to their end.
 */
export function keepReading(socket: Socket, owner: Reader): void {
  const kept: Kept = socket
  kept[reader] = owner
  kept._write = write
  kept._writev = writev
}

/** Undoes `keepReading`: an error of a write destroys the socket again. */
export function stopKeeping(socket: Socket): void {
  const { _write, _writev } = Object.getPrototypeOf(socket) as Socket
  socket._write = _write
  if (_writev) socket._writev = _writev
}

function write(this: Kept, chunk: unknown, encoding: BufferEncoding, done: Done): void {
  const { _write } = Object.getPrototypeOf(this) as Socket
  if (this[reader]) _write.call(this, chunk, encoding, around(this, done))
  else done()
}

function writev(this: Kept, chunks: { chunk: unknown; encoding: BufferEncoding }[], done: Done): void {
  const { _writev } = Object.getPrototypeOf(this) as Socket
  if (this[reader]) _writev?.call(this, chunks, around(this, done))
  else done()
}

function around(socket: Kept, done: Done): Done {
  return (error) => {
    done()
    if (!error) return
    const owner = socket[reader]
    socket[reader] = undefined
    owner?.unwritable()
  }
}
