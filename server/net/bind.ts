import type { Server } from 'node:net'
import { ListenError } from './listen-error.ts'

/** The address of a listener, and how an operator changes it, for errors. */
interface Where {
  readonly host: string
  readonly port: number
  /** The settings or options that change the port and the host. */
  readonly change: { readonly port: string; readonly host: string }
}

/**
 * Opens a listener. Returns its port, which the system chose if `port` is 0.
 * @throws {ListenError}
 */
export async function bind(server: Server, { change, host, port }: Where): Promise<number> {
  try {
    return await listenOn(server, host, port)
  } catch (error) {
    // "::" means every address; a machine without IPv6 has only the others.
    if (host === '::' && codeOf(error) === 'EAFNOSUPPORT') return listenOn(server, '0.0.0.0', port)
    throw new ListenError(explain(codeOf(error), host, port, change), { cause: error })
  }
}

function listenOn(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, backlog: 4096 }, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : port)
    })
  })
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

function explain(code: string, host: string, port: number, change: Where['change']): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is in use. Stop what listens there, or choose another with ${change.port}.`
    case 'EACCES':
      return `Port ${port} needs rights that this user does not have. Choose one above 1023 with ${change.port}.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address ${host}. Choose another with ${change.host}.`
    default:
      return `Cannot listen on ${host} port ${port}: ${code}.`
  }
}
