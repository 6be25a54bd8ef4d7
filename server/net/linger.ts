import type { Socket } from 'node:net'
import type { Clock } from '../lib/clock.ts'

/** How long a peer may take to close its side after the last byte was sent, in ms. */
const lingerMs = 1_000
/** How long sending the last byte may take, in ms. */
const lastBytesMs = 10_000

/**
 * Sends the queued bytes and ends the connection. Bytes that still come are read and dropped: closing with unread bytes makes
 * the kernel send a reset, and then the peer may never see the last answer.
 */
export function endGently(socket: Socket, clock: Clock): void {
  const destroy = () => socket.destroy()
  let cancel = clock.after(lastBytesMs, destroy)
  socket.end(() => {
    cancel()
    cancel = clock.after(lingerMs, destroy)
  })
  socket.resume()
  socket.once('close', () => cancel())
}
