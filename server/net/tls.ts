import { constants } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls'
import type { Clock } from '../lib/clock.ts'
import { ListenError } from './listen-error.ts'

/** Files in PEM. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
}

/** What a ClientHello begins with (RFC 8446, 5.1: a handshake record); no line of text does. */
export const handshakeByte = 0x16
const handshakeMs = 10_000

/** The server's side of TLS, 1.2 and up, on connections that begin with it. */
export class Tls {
  readonly #files: TlsFiles
  readonly #clock: Clock
  #context: SecureContext

  /** @throws ListenError if the files cannot be used */
  constructor(files: TlsFiles, clock: Clock) {
    this.#files = files
    this.#clock = clock
    this.#context = load(files)
  }

  /**
   * Reads the files again, for connections to come.
   * @throws ListenError if they cannot be used; then the old ones stay
   */
  reload(): void {
    this.#context = load(this.#files)
  }

  /** Shakes hands on a connection of which nothing has been read. Resolves with undefined if that comes to nothing. */
  secure(socket: Socket): Promise<TLSSocket | undefined> {
    return new Promise((resolve) => {
      const secured = new TLSSocket(socket, { isServer: true, secureContext: this.#context })
      // For good: an error may come right behind the handshake, before anybody else listens.
      secured.on('error', () => undefined)
      const give = () => {
        secured.destroy()
        socket.destroy()
        resolve(undefined)
      }
      const cancel = this.#clock.after(handshakeMs, give)
      secured.once('error', give)
      secured.once('close', give)
      secured.once('secure', () => {
        cancel()
        secured.off('error', give).off('close', give)
        resolve(secured)
      })
    })
  }
}

function load({ cert, key }: TlsFiles): SecureContext {
  try {
    return createSecureContext({
      cert: readFileSync(cert),
      key: readFileSync(key),
      minVersion: 'TLSv1.2',
      // Each handshake costs the server more than the client, who could ask for one after the other.
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new ListenError(`Cannot use certificate "${cert}" and key "${key}" for TLS: ${why}`, {
      cause: error,
    })
  }
}
