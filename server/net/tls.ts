import { constants } from 'node:crypto'
import type { Socket } from 'node:net'
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls'
import type { CertificateEnd } from '../lib/certificate-end.ts'
import type { Clock } from '../lib/clock.ts'
import { certificateWarnings, type Pair, readPair, type TlsFiles } from './certificate.ts'
import { ListenError } from './listen-error.ts'

/** The first byte of a ClientHello (RFC 8446, 5.1: a handshake record); no line of text begins with it. */
export const handshakeByte = 0x16
/**
 * The alert handshake_failure (RFC 5246, 7.2.2) in the oldest record, which every client reads: the answer to a TLS client on
 * a listener without TLS.
 */
export const noTls = Buffer.from([0x15, 3, 1, 0, 2, 2, 40])
const handshakeMs = 10_000

/** The server's side of TLS, 1.2 or later, on connections that begin with it. */
export class Tls {
  readonly #files: TlsFiles
  readonly #clock: Clock
  #pair: Pair
  #context: SecureContext

  /** @throws ListenError if the files cannot be used */
  constructor(files: TlsFiles, clock: Clock) {
    this.#files = files
    this.#clock = clock
    this.#pair = readPair(files)
    this.#context = contextOf(this.#pair, files)
  }

  /** The certificate, and when it expires. */
  get end(): CertificateEnd {
    return { file: this.#files.cert, until: this.#pair.until }
  }

  /** Warnings about the certificate for the operator, a sentence each. */
  get warnings(): string[] {
    return certificateWarnings(this.#pair, this.#files.cert, this.#clock.now())
  }

  /**
   * Reads the files again. The returned function puts them in use for new connections.
   * @throws ListenError if they cannot be used, or if they have expired and the old ones have not
   */
  read(): () => void {
    const pair = readPair(this.#files)
    const now = this.#clock.now()
    const isValid = ({ from, until }: Pair) => from <= now && now < until
    if (!isValid(pair) && isValid(this.#pair))
      throw new ListenError(
        `${certificateWarnings(pair, this.#files.cert, now).join(' ')} The one from before stays.`,
      )
    const context = contextOf(pair, this.#files)
    return () => {
      this.#pair = pair
      this.#context = context
    }
  }

  /** Does the handshake on a connection from which nothing was read. Resolves with undefined if it fails. */
  secure(socket: Socket): Promise<TLSSocket | undefined> {
    return new Promise((resolve) => {
      const secured = new TLSSocket(socket, { isServer: true, secureContext: this.#context })
      // Never removed: an error may come right after the handshake, before anybody else listens.
      secured.on('error', () => undefined)
      // Outside of a tls.Server such an error is reported only here: without this the connection would stay, and read nothing.
      secured.on('_tlsError', () => socket.destroy())
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

function contextOf({ cert, key }: Pair, files: TlsFiles): SecureContext {
  try {
    return createSecureContext({
      cert,
      key,
      minVersion: 'TLSv1.2',
      // No renegotiation: each handshake costs the server more than the client.
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new ListenError(`Cannot use certificate "${files.cert}" and key "${files.key}" for TLS: ${why}`, {
      cause: error,
    })
  }
}
