import { BlockList, isIP } from 'node:net'
import { isPageUnset } from './page.ts'
import type { Config } from './schema.ts'

interface Place {
  readonly name: string
  readonly host: string
  readonly port: number
}

/** Finds pairs of listeners that want the same port of the same address; returns one line for each pair. */
export function clashesOf({ http, listeners, web }: Pick<Config, 'listeners' | 'http' | 'web'>): string[] {
  const places: Place[] = [
    ...listeners.map(({ host, port }, index) => ({ name: `listeners[${index}]`, host, port })),
    // Where nobody has named it, the server does without the page.
    ...(isPageUnset({ web })
      ? []
      : web.listen.map(({ host, port }, index) => ({ name: `web.listen[${index}]`, host, port }))),
    ...http.listen.map(({ host, port }, index) => ({ name: `http.listen[${index}]`, host, port })),
  ]
  return places.flatMap((one, index) =>
    places
      .slice(index + 1)
      // Port 0 stands for another free port each time.
      .filter((other) => one.port === other.port && one.port !== 0 && overlap(one.host, other.host))
      .map(
        (other) =>
          `${one.name} and ${other.name} cannot both listen on port ${one.port}${one.host === other.host ? '' : `, for ${one.host} and ${other.host} have addresses in common`}. Give one of them another port.`,
      ),
  )
}

/** Whether two hosts have an address in common. A host name is only known to overlap with "every address". */
function overlap(one: string, other: string): boolean {
  const [first, second] = [one, other].map(plain) as [string, string]
  if (isAny6(first) || isAny6(second)) return true
  if (first === '0.0.0.0') return isIP(second) !== 6
  if (second === '0.0.0.0') return isIP(first) !== 6
  return isSame(first, second)
}

/** Whether a host is an IPv4 address, also in its IPv6 form (`::ffff:192.0.2.7`). */
function plain(host: string): string {
  return host.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '')
}

/** Whether a host is `::`, in any spelling; IPv4 connections arrive there, too. */
function isAny6(host: string): boolean {
  return isIP(host) === 6 && isSame(host, '::')
}

function isSame(one: string, other: string): boolean {
  const [family, otherFamily] = [isIP(one), isIP(other)]
  if (family === 0 || family !== otherFamily) return one === other
  const list = new BlockList()
  const kind = family === 4 ? 'ipv4' : 'ipv6'
  list.addAddress(one, kind)
  return list.check(other, kind)
}
