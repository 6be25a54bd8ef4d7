import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * A port for what cannot choose one itself, or has to be found again where it was. It is below those (from 32768 on) that the
 * system gives to whoever connects, or listens on port 0: one of them may be given to another test before this one listens.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 22_000)
    const server = createServer().listen(port, '127.0.0.1')
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return port
  }
}
