import t from 'tap'
import { LoginAddresses } from '../../server/chat/accounts/login-addresses.ts'
import type { Account } from '../../server/chat/model/people.ts'
import type { Store } from '../../server/chat/ports/store.ts'
import { TestListener, World } from '../support/world.ts'

const hour = 3_600_000
const day = 24 * hour

/** anna, and connections of hers that log in from somewhere. */
class Scene {
  readonly world: World
  readonly anna: Account
  readonly addresses: LoginAddresses

  private constructor(world: World, anna: Account, store: Store) {
    this.world = world
    this.anna = anna
    this.addresses = new LoginAddresses({ store, bus: world.bus, clock: world.clock })
  }

  static async open(around = (store: Store) => store): Promise<Scene> {
    const world = await World.load()
    return new Scene(world, await world.account('anna'), around(world.store))
  }

  /** Answers the connection and what it is told. */
  async login(address: string, after = 0): Promise<{ ear: TestListener; told: string[] }> {
    this.world.clock.advance(after)
    const ear = Object.assign(new TestListener(), { address })
    this.world.presence.arrive(this.anna, ear)
    const missed = await this.addresses.arrived(this.anna, ear)
    return { ear, told: missed.map((login) => login.address) }
  }

  /** The same, and gone again. */
  async visit(address: string, after = 0): Promise<string[]> {
    const { ear, told } = await this.login(address, after)
    this.world.presence.depart(this.anna, ear, 0)
    return told
  }

  async known(): Promise<string[]> {
    return (await this.addresses.list(this.anna)).map(({ address }) => address)
  }
}

t.test('the first address and the machine itself are expected; /64 is one address', async (t) => {
  const scene = await Scene.open()
  t.same(await scene.visit('2001:db8:1:2::7'), [])
  t.same(await scene.visit('2001:db8:1:2:ffff::8', hour), [], 'the same /64')
  t.same(await scene.visit('127.0.0.1', hour), [])
  t.same(await scene.visit('::1', hour), [])
  t.same(await scene.visit('2001:db8:1:2::7', hour), [], 'nothing to tell of all that')
  t.same(await scene.known(), ['2001:db8:1:2::/64', 'localhost'])
  t.same(await scene.visit('2001:db8:1:3::7', hour), [])
  t.same(await scene.visit('2001:db8:1:2::7', hour), ['2001:db8:1:3::/64'])
  t.same(await scene.visit('2001:db8:1:2::7', hour), [], 'told once')
  t.same(await scene.visit('::ffff:192.0.2.1', hour), [], 'an IPv4 address through an IPv6 listener')
  t.same(await scene.visit('192.0.2.1', hour), [], 'is the same as without')
})

t.test('who is there is told at once, but for those at the same address and scripts', async (t) => {
  const scene = await Scene.open()
  const here = await scene.login('192.0.2.1')
  const script = new TestListener({ token: 'bot', since: 0, scope: 'all', channels: undefined })
  scene.world.presence.arrive(scene.anna, script)
  for (const { ear } of [here]) ear.take()
  script.take()
  const one = await scene.login('192.0.2.66', hour)
  const at = scene.world.clock.now()
  t.same(here.ear.take(), [{ type: 'login', address: '192.0.2.66', at }])
  t.same([...one.ear.take(), ...script.take()], [])
  const two = await scene.login('192.0.2.66', hour)
  t.same([...here.ear.take(), ...one.ear.take(), ...two.ear.take()], [], 'it is known now')
  for (const { ear } of [here, one, two]) scene.world.presence.depart(scene.anna, ear, 0)
  await scene.visit('192.0.2.67', hour)
  t.same(script.take(), [], 'a script reads on without a word')
  t.same(await scene.visit('192.0.2.1', hour), ['192.0.2.67'], 'so it is told at the next login')
})

t.test('what somebody else has done is not made unseen by coming again from elsewhere', async (t) => {
  const scene = await Scene.open()
  await scene.visit('192.0.2.1')
  await scene.visit('192.0.2.66', day)
  t.same(await scene.visit('192.0.2.67', hour), ['192.0.2.66'])
  t.same(await scene.visit('192.0.2.67', hour), ['192.0.2.66'], 'a newer address does not end it')
  t.same(await scene.visit('192.0.2.1', hour), ['192.0.2.66', '192.0.2.67'])
  t.same(await scene.visit('192.0.2.1', hour), [])
  // Whoever has a new address every day hears of each for a day, and not for ever.
  await scene.visit('192.0.2.101', day)
  t.same(await scene.visit('192.0.2.102', day), ['192.0.2.101'])
  t.same(await scene.visit('192.0.2.103', day), ['192.0.2.102'])
})

t.test('ten addresses are remembered, and the days of their last use', async (t) => {
  const scene = await Scene.open()
  for (let index = 1; index <= 11; index++) await scene.visit(`192.0.2.${index}`, hour)
  t.same(
    await scene.known(),
    Array.from({ length: 10 }, (_, index) => `192.0.2.${index + 2}`),
  )
  const used = async () => (await scene.addresses.list(scene.anna))[0]?.last
  const before = await used()
  await scene.visit('192.0.2.2', hour)
  t.equal(await used(), before, 'nothing is stored the same day')
  await scene.visit('192.0.2.2', day)
  t.equal(await used(), scene.world.clock.now())
  await scene.visit('192.0.2.20', hour)
  t.ok((await scene.known()).includes('192.0.2.2'), 'what was used lately stays')
  await scene.world.deletion.delete(scene.anna)
  t.same(await scene.known(), [], 'nothing is left of a deleted account')
})

t.test('of two who come from the same new address at once, one is news', async (t) => {
  const scene = await Scene.open()
  const here = await scene.login('192.0.2.1')
  here.ear.take()
  await Promise.all([scene.login('192.0.2.66'), scene.login('192.0.2.66')])
  t.equal(here.ear.take().length, 1)
})
