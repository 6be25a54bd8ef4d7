import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Place } from '../dialects/paste.ts'
import { plainAddress } from '../lib/addresses.ts'

/** The listener by which somebody has come, as far as it tells where others find the server. */
export interface Entrance {
  readonly port: number
  readonly telnet: boolean
  readonly proxy: 'none' | 'tcp' | 'tls'
  /** Serves something else than lines, if it is there. */
  readonly reception?: object
}

/** The address and port that a peer has reached, as far as a proxy has told them. */
export interface Reached {
  readonly address?: string | undefined
  readonly port?: number | undefined
}

/** Where people find the server, by the way that they have come. */
export class Places {
  readonly #server: { readonly publicHost: string; readonly publicPort: number }
  #plainPort: number | undefined

  /** The public address and port, if they differ from those of the listeners; they may change. */
  constructor(server: { readonly publicHost: string; readonly publicPort: number }) {
    this.#server = server
  }

  /** A listener is open. The first one that nc can use is the one for files. */
  opened({ proxy, reception, telnet }: Entrance, port: number): void {
    if (!telnet && proxy === 'none' && !reception) this.#plainPort ??= port
  }

  /**
   * The address of the server as `nc` takes it. Telnet listeners take no files, and nc does not speak TLS with a proxy, so for
   * them it is the address of another listener. Who has come by TLS reads the name that the certificate was asked for. Without
   * a proxy the socket knows what was `reached`.
   */
  of(listener: Entrance, stream: Socket, reached?: Reached): Place {
    const { publicHost, publicPort } = this.#server
    const takesNoFiles = listener.telnet || listener.proxy === 'tls' || listener.reception !== undefined
    const plain = takesNoFiles ? this.#plainPort : undefined
    // The public port may be that of a listener without TLS.
    const isPublic = publicPort === 0 || publicPort === listener.port
    const tls = !takesNoFiles && isPublic && stream instanceof TLSSocket
    const asked = tls ? hostNameOf(stream) : undefined
    const { address = 'localhost', port } = reached ?? {
      address: stream.localAddress,
      port: stream.localPort,
    }
    const host = publicHost || (asked ?? plainAddress(address))
    return { host, port: publicPort || (plain ?? port ?? listener.port), tls }
  }
}

/** The name by which a client has asked for a certificate (RFC 6066, 3), if it can be one. */
function hostNameOf({
  servername,
}: TLSSocket & { readonly servername?: string | false | null }): string | undefined {
  return servername && /^(?=.{1,253}$)[a-z0-9]+([.-]+[a-z0-9]+)*$/i.test(servername) ? servername : undefined
}
