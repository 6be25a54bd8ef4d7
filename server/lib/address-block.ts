import { isIP, isIPv4 } from 'node:net'
import { plainAddress } from './addresses.ts'

/** One address, or all addresses that begin with the same bits. */
export interface AddressBlock {
  /** The canonical spelling: `192.0.2.0/24`, `2001:db8::/32`, or `192.0.2.7` for one address. */
  readonly name: string
  /** The number of bits of an address, the length of the common prefix in bits, and the prefix as a number. */
  readonly size: Address['size']
  readonly length: number
  readonly prefix: bigint
  /** Whether an address is in the block; undefined is in none. */
  covers(address: Address | undefined): boolean
}

/**
 * Reads an address or a CIDR block (RFC 4632): `192.0.2.7`, `192.0.2.0/24`, `2001:DB8::/64`. Returns undefined for
 * other texts. Bits after the prefix count as 0.
 */
export function parseAddressBlock(cidr: string): AddressBlock | undefined {
  const [text = '', bits, more] = cidr.split('/')
  const first = readAddress(text)
  if (!first || more !== undefined || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return undefined
  // An IPv4 address in its IPv6 form comes with 96 bits that all of them have.
  const mapped = isIP(text) === 6 && first.size === 32 ? 96 : 0
  const length = bits === undefined ? first.size : Number(bits) - mapped
  if (length < 0 || length > first.size) return undefined
  const others = BigInt(first.size - length)
  const prefix = first.value >> others
  const begin = writeAddress({ value: prefix << others, size: first.size })
  return {
    name: length === first.size ? begin : `${begin}/${length}`,
    size: first.size,
    length,
    prefix,
    covers: (address) => address?.size === first.size && address.value >> others === prefix,
  }
}

/** An address as a number of 32 or 128 bits: one that is asked about often is read once. */
export interface Address {
  readonly value: bigint
  readonly size: 32 | 128
}

/** Reads an IPv4 or IPv6 address; undefined if it is none. An IPv4 address in its IPv6 form is that IPv4 address. */
export function readAddress(text: string): Address | undefined {
  // A link's name (fe80::1%eth0) is no part of the address.
  const plain = plainAddress(text.replace(/%.*$/, ''))
  if (isIP(plain) === 0) return undefined
  if (isIPv4(plain)) {
    const value = plain.split('.').reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
    return { value, size: 32 }
  }
  // The URL parser writes all forms of an address alike, the one with an IPv4 address at its end, too.
  const [head = '', tail] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::')
  const left = head.split(':').filter(Boolean)
  const right = (tail ?? '').split(':').filter(Boolean)
  const zeros = Array<string>(8 - left.length - right.length).fill('0')
  const digits = [...left, ...zeros, ...right].map((group) => group.padStart(4, '0')).join('')
  const value = BigInt(`0x${digits}`)
  return value >> 32n === 0xffffn ? { value: value & 0xffffffffn, size: 32 } : { value, size: 128 }
}

function writeAddress({ value, size }: Address): string {
  if (size === 32) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.')
  const groups = value.toString(16).padStart(32, '0').match(/.{4}/g) ?? []
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}
