import type { Socket } from 'node:net'
import type { Clock } from '../lib/clock.ts'

/** How long a peer may take to close its side after it was sent the last byte and the end. */
const lingerMs = 1_000
/** How long it may take until it was sent the last byte. */
const lastBytesMs = 10_000

/**
 * Sends what is queued and the end. What still comes is read and thrown away: closing with unread bytes makes the
 * kernel send a reset, and then the peer may never see the last answer.
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
