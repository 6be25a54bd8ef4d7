import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net'
import { Duplex } from 'node:stream'

/** All sockets read into it, one after the other: who keeps some of it copies that. */
const memory = Buffer.allocUnsafeSlow(64 * 1024)

/** Gets what comes at once; `this` is the socket, as for its listeners. The bytes are others as soon as it returns. */
type Taker = (this: Socket, bytes: Buffer) => void

class SharingSocket extends Socket {
  taker: Taker | undefined

  /**
   * With `onread`, Node.js would stop reading at once, and learn of no end and no reset. Like other sockets, this one goes on until
   * its buffer is full. (Read together with a reset, the last bytes look in Node.js 20 as if they had been followed by an end.)
   */
  override pause(): this {
    Duplex.prototype.pause.call(this)
    return this
  }
}

/**
 * The socket of an accepted connection, in place of the one that Node.js has made. That would allocate 64 KiB for each read;
 * this one reads into memory that all share, and is a socket like all others for those who do not know. Nobody may use
 * `accepted` any more, nor wait for the end of its server, which never learns that the connection is over.
 */
export function sharingMemory(accepted: Socket): Socket {
  // Node.js has no other way to choose how an accepted socket reads. Where there is no handle, it reads as it always did.
  const handle: unknown = Reflect.get(accepted, '_handle')
  if (!handle) return accepted
  const callback = (length: number) => {
    const bytes = memory.subarray(0, length)
    const { readableFlowing, readableLength, taker } = socket
    // It waits, or is for somebody who may keep it.
    if (!taker || !readableFlowing || readableLength > 0) return socket.push(Buffer.from(bytes))
    taker.call(socket, bytes)
    return true
  }
  const how: SocketConstructorOpts & { readonly handle: unknown; readonly onread: OnReadOpts } = {
    handle,
    allowHalfOpen: true,
    onread: { buffer: memory, callback },
  }
  const socket: SharingSocket = new SharingSocket(how)
  return socket
}

/** Calls `take` with what has come, and with what comes from now on. */
export function takeBytes(socket: Socket, take: Taker): void {
  if (socket instanceof SharingSocket) socket.taker = take
  socket.on('data', take)
}

/** Leaves what comes from now on to others. */
export function stopTaking(socket: Socket, take: Taker): void {
  if (socket instanceof SharingSocket) socket.taker = undefined
  socket.off('data', take)
}
