import { BlockList, isIP, isIPv4 } from 'node:net'

/** One address, or all that begin with the same bits. */
export interface AddressBlock {
  covers(address: string): boolean
}

/** Reads an address or a CIDR block (RFC 4632): `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/64`; undefined if it is none. */
export function parseAddressBlock(cidr: string): AddressBlock | undefined {
  const [address = '', bits, more] = cidr.split('/')
  const family = isIP(address)
  const most = family === 4 ? 32 : 128
  const fits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most)
  if (family === 0 || !fits || more !== undefined) return undefined
  const block = new BlockList()
  block.addSubnet(address, Number(bits ?? most), familyOf(address))
  return { covers: (other) => isIP(other) !== 0 && block.check(other, familyOf(other)) }
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6'
}
