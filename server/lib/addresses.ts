import { isIP, isIPv6 } from 'node:net'

/**
 * The key by which addresses are counted: an IPv4 address, or the /64 of an IPv6 address, because one customer
 * usually has a /64. Returns undefined for the machine itself, which is not limited.
 */
export function addressKey(address: string | undefined): string | undefined {
  if (address === undefined) return undefined
  const plain = plainAddress(address).replace(/%.*$/, '')
  if (plain === '::1' || plain.startsWith('127.')) return undefined
  if (!isIPv6(plain)) return plain
  const [head = '', tail] = plain.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length
  const groups = [...left, ...Array<string>(Math.max(0, zeros)).fill('0'), ...right]
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}

/** The same as people write it: `192.0.2.7` or `2001:db8:0:1::/64`; undefined as in `addressKey`. */
export function addressBlock(address: string | undefined): string | undefined {
  const key = addressKey(address)
  return key?.includes(':') ? `${key}::/64` : key
}

/** The address as people write it: without the IPv6 prefix that an IPv4 address gets on an IPv6 listener. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '')
}

/** Whether this is an IP address, not a name or a block. */
export function isAddress(text: string): boolean {
  return isIP(text) > 0
}
