import { createServer, type Server } from 'node:http'
import { mostHead } from './http-gate.ts'

/**
 * Node's HTTP server for connections that an HttpGate hands to it. It listens nowhere, and has no deadlines: the gate has
 * them. A peer that sends nothing more, as `nc -N` does, is still answered.
 */
export function requestServer(): Server {
  const server = createServer({ maxHeaderSize: mostHead, keepAlive: false, requestTimeout: 0 })
  // Node's option of this name is in none of its types.
  return Object.assign(server, { httpAllowHalfOpen: true })
}
