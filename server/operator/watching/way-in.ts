import { isIPv6 } from 'node:net'
import type { Config } from '../../config/schema.ts'

/**
 * The line by which somebody at this machine talks to a server that listens, on these ports and with its page at `page`;
 * undefined if there is nothing plain to say.
 */
export function wayIn({ listeners }: Config, ports: readonly number[], page?: string): string | undefined {
  const ways = listeners.map(({ host, telnet, tls }, index) => {
    // Whatever address that is, this machine reaches it.
    const isAny = ['', '0.0.0.0', '::', '127.0.0.1', '::1', 'localhost'].includes(host)
    const name = isAny ? 'localhost' : host
    const port = ports[index] ?? 0
    if (tls.cert !== '')
      return {
        rank: 2,
        line: `openssl s_client -quiet -connect ${isIPv6(name) ? `[${name}]` : name}:${port}`,
      }
    return telnet ? { rank: 1, line: `telnet ${name} ${port}` } : { rank: 0, line: `nc ${name} ${port}` }
  })
  const [best] = ways.sort((a, b) => a.rank - b.rank)
  const inBrowser = page === undefined ? '' : `, or ${page} in a browser`
  return best && `Now, on this machine: ${best.line}${inBrowser}`
}
