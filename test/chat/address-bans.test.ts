import t from 'tap'
import { MemoryStore } from '../support/memory-store.ts'
import { codeOf, World } from '../support/world.ts'

async function world(...bans: readonly (readonly [cidr: string, forMs?: number])[]) {
  const world = await World.load()
  const root = await world.account('root')
  for (const [cidr, forMs] of bans) await world.addressBans.ban(root, cidr, forMs, undefined)
  return { world, root, bans: world.addressBans }
}

t.test('addresses and blocks, of both families', async (t) => {
  const { bans } = await world(['192.0.2.7'], ['198.51.100.0/24'], ['2001:db8:1::/48'])
  for (const [address, banned] of [
    ['192.0.2.7', true],
    ['192.0.2.8', false],
    ['198.51.100.0', true],
    ['198.51.100.255', true],
    ['198.51.101.0', false],
    ['2001:db8:1::1', true],
    ['2001:db8:1:ffff::1', true],
    ['2001:db8:2::1', false],
    ['127.0.0.1', false],
    ['::1', false],
    ['', true],
  ] as const)
    t.equal(bans.isBanned(address), banned, address)
  t.notOk((await world()).bans.isBanned(''), 'where nobody is banned, it is nobody who is')
})

t.test('what is no address is refused', async (t) => {
  const { root, bans } = await world()
  for (const cidr of ['', 'bob', '192.0.2', '192.0.2.0/33', '192.0.2.0/', '::/129', '1.2.3.4/8/8', '#7'])
    t.equal(await codeOf(bans.ban(root, cidr, undefined, undefined)), 'bad-arguments', cidr)
  t.same(bans.list(), [])
})

t.test('nobody bans the address they come from', async (t) => {
  const { root, bans } = await world()
  // The last one is all of IPv4, as IPv6 writes it.
  for (const cidr of ['127.0.0.1', '127.0.0.0/8', '0.0.0.0/0', '::ffff:0:0/96'])
    t.equal(await codeOf(bans.ban(root, cidr, undefined, '127.0.0.1')), 'not-allowed', cidr)
  for (const cidr of ['::1', '::/0'])
    t.equal(await codeOf(bans.ban(root, cidr, undefined, '127.0.0.1')), undefined, cidr)
})

t.test('a ban ends at its time, and is remembered until then', async (t) => {
  const { world: before } = await world(['192.0.2.7', 1000], ['192.0.2.8'])
  before.clock.advance(999)
  const { store, clock } = before
  const { addressBans } = await World.load({ store, clock })
  t.same([addressBans.isBanned('192.0.2.7'), addressBans.list().length], [true, 2])
  clock.advance(1)
  t.same([addressBans.isBanned('192.0.2.7'), addressBans.list().length], [false, 1])
  t.ok(addressBans.isBanned('192.0.2.8'))
  await addressBans.unban('192.0.2.8')
  t.notOk(addressBans.isBanned('192.0.2.8'))
  t.equal(await codeOf(addressBans.unban('192.0.2.8')), 'no-such-ban')
})

t.test('the answer and the list tell the same end, however long it takes to store the ban', async (t) => {
  class SlowStore extends MemoryStore {
    override async banAddress(...args: Parameters<MemoryStore['banAddress']>): Promise<void> {
      await super.banAddress(...args)
      world.clock.advance(1_500)
    }
  }
  const store = new SlowStore()
  const world = await World.load({ store })
  const root = await world.account('root')
  const { until } = await world.addressBans.ban(root, '192.0.2.0/24', 60_000, undefined)
  t.match(world.addressBans.list(), [{ until }])
  t.match((await World.load({ store })).addressBans.list(), [{ until }], 'after a restart, too')
})

t.test('a ban is one ban, however its block is written', async (t) => {
  const { bans, root, world: before } = await world(['192.0.2.7/24'], ['192.0.2.0/24'], ['2001:DB8:0::/32'])
  t.same(
    bans.list().map(({ cidr }) => cidr),
    ['192.0.2.0/24', '2001:db8::/32'],
  )
  t.equal(await bans.unban('192.0.2.99/24'), '192.0.2.0/24')
  t.equal(await codeOf(bans.unban('2001:db8::/33')), 'no-such-ban')
  // As versions before kept them.
  const old = { by: root.id, at: before.clock.now(), until: undefined }
  await before.store.banAddress({ ...old, cidr: '2001:db8:0::/32' })
  const { addressBans: after } = await World.load({ store: before.store })
  t.equal(await after.unban('2001:0DB8::1/32'), '2001:db8::/32')
  t.notOk(after.isBanned('2001:db8::1'))
  const { addressBans: last } = await World.load({ store: before.store })
  t.same(last.list(), [], 'also after a new start')
})
