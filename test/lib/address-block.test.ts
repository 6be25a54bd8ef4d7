import { BlockList, isIPv4 } from 'node:net'
import fc from 'fast-check'
import t from 'tap'
import { parseAddressBlock, readAddress } from '../../server/lib/address-block.ts'

t.test('a block has one name, however it is written', async (t) => {
  const names: [string, string | undefined][] = [
    ['192.0.2.7', '192.0.2.7'],
    ['192.0.2.7/32', '192.0.2.7'],
    ['192.0.2.7/24', '192.0.2.0/24'],
    ['255.255.255.255/1', '128.0.0.0/1'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8:0:0::7', '2001:db8::7'],
    ['2001:db8::7/128', '2001:db8::7'],
    ['2001:0db8::7/32', '2001:db8::/32'],
    ['::/0', '::/0'],
    ['1:2:3:4:5:6:7:8/112', '1:2:3:4:5:6:7:0/112'],
    ['fe80::1%eth0/64', 'fe80::/64'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::ffff:c000:207/120', '192.0.2.0/24'],
    ['::ffff:192.0.2.7/95', undefined],
    ['192.0.2.7/33', undefined],
    ['192.0.2.7/', undefined],
    ['192.0.2.7/24/24', undefined],
    ['192.0.2.7/-1', undefined],
    ['192.0.2', undefined],
    ['2001:db8::/129', undefined],
    ['::1]/64', undefined],
    ['example.org', undefined],
    ['', undefined],
  ]
  for (const [cidr, name] of names) t.equal(parseAddressBlock(cidr)?.name, name, cidr)
})

t.test('what it covers', async (t) => {
  const covered = (cidr: string, address: string) => parseAddressBlock(cidr)?.covers(readAddress(address))
  t.equal(covered('192.0.2.0/24', '::ffff:192.0.2.9'), true, 'as an IPv6 listener tells it')
  t.equal(covered('fe80::/64', 'fe80::1%eth0'), true)
  t.equal(covered('::/0', '192.0.2.9'), false, 'all of IPv6 is nothing of IPv4')
  t.equal(covered('0.0.0.0/0', '2001:db8::1'), false)
  t.equal(covered('192.0.2.0/24', 'nonsense'), false)
})

t.test('it covers what the list of Node covers', async (t) => {
  // Of few different parts, so that many begin alike.
  const of = (parts: readonly string[], count: number, between: string) =>
    fc
      .array(fc.constantFrom(...parts), { minLength: count, maxLength: count })
      .map((all) => all.join(between))
  const address = fc.oneof(of(['0', '1', '128', '255'], 4, '.'), of(['0', '1', '8000', 'FFFE'], 8, ':'))
  fc.assert(
    fc.property(address, address, fc.integer({ min: 0, max: 128 }), (first, other, bits) => {
      const family = (text: string) => (isIPv4(text) ? 'ipv4' : 'ipv6')
      fc.pre(family(first) === family(other))
      const length = family(first) === 'ipv4' ? bits % 33 : bits
      const list = new BlockList()
      list.addSubnet(first, length, family(first))
      const block = parseAddressBlock(`${first}/${length}`)
      t.equal(
        block?.covers(readAddress(other)),
        list.check(other, family(other)),
        `${first}/${length} and ${other}`,
      )
      t.equal(block?.covers(readAddress(first)), true)
      t.equal(parseAddressBlock(block?.name ?? '')?.name, block?.name, 'its name is read as itself')
    }),
  )
})
