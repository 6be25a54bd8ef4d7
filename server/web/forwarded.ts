import { isIP } from 'node:net'
import { plainAddress } from '../lib/addresses.ts'

/**
 * The address of the client that a proxy tells in X-Forwarded-For: the last one that is no proxy's which is believed, because
 * everything in front of that the client may have written itself. Undefined if there is none.
 */
export function forwardedFor(
  header: string | undefined,
  believes: (address: string) => boolean,
): string | undefined {
  const addresses = (header ?? '').split(',').map((part) => addressIn(part.trim()))
  for (let at = addresses.length - 1; at >= 0; at--) {
    const address = addresses[at]
    if (address === undefined) return undefined
    if (at === 0 || !believes(address)) return address
  }
  return undefined
}

/** `192.0.2.7`, `192.0.2.7:4711`, `2001:db8::1` or `[2001:db8::1]:4711`. */
function addressIn(text: string): string | undefined {
  const [, bracketed, dotted] = /^\[([0-9a-f:.]+)\](?::\d+)?$|^([0-9.]+):\d+$/i.exec(text) ?? []
  const address = bracketed ?? dotted ?? text
  return isIP(address) === 0 ? undefined : plainAddress(address)
}
