import t from 'tap'
import { randomSecrets } from '../../server/lib/secrets.ts'
import { codeOf, TestListener, thrownCode, type World } from '../support/world.ts'
import { fileScene, got, hourMs, minuteMs, restarted, type Scene, sent } from './file-scene.ts'

/** What somebody who has a token gets by it. */
async function by(world: World, token: string): Promise<string | undefined> {
  return thrownCode(() => world.fileTokens.download(token)) ?? (await got(world, token))
}

t.test('a token that stands for nothing', async (t) => {
  const { world, anna, tea } = await fileScene()
  const { get, id } = await sent(world, anna, tea)
  const { token } = await world.fileTokens.tokenFor(anna, id)
  const guesses = ['', '*', 'undefined', `${id}`, get.slice(1), `${get}0`, `${token}0`, token.slice(0, -1)]
  for (const guess of guesses) t.equal(await by(world, guess), 'bad-ticket', guess)
  for (const right of [get, token]) t.equal(await by(world, right), 'hello')
})

t.test('each token is another one, and long enough that nobody guesses it', async (t) => {
  const { world, anna, tea } = await fileScene()
  const { get, id } = await sent(world, anna, tea)
  const tokens = [get]
  for (let count = 0; count < 5; count++) tokens.push((await world.fileTokens.tokenFor(anna, id)).token)
  t.equal(new Set(tokens).size, 6)
  // Each letter has five random bits.
  t.ok(randomSecrets.token().length * 5 >= 128)
})

t.test('a token may be used again while it lasts', async (t) => {
  const { world, anna, bob, tea, clock } = await fileScene()
  const { id } = await sent(world, anna, tea)
  const { expires, token } = await world.fileTokens.tokenFor(bob, id)
  t.equal(expires, clock.now() + 10 * minuteMs)
  t.equal(await by(world, token), 'hello')
  clock.advance(10 * minuteMs - 1)
  t.equal(await by(world, token.toLowerCase()), 'hello')
  clock.advance(1)
  t.equal(await by(world, token), 'bad-ticket')
})

t.test('tokens past their time are forgotten, also in the store, and the others are not', async (t) => {
  const scene = await fileScene()
  const { world, anna, tea, clock, store } = scene
  const { id } = await sent(world, anna, tea)
  await world.fileTokens.tokenFor(anna, id)
  clock.advance(9 * minuteMs)
  const second = await world.fileTokens.tokenFor(anna, id)
  clock.advance(minuteMs)
  await world.fileRemoval.expire()
  t.equal((await store.loadFiles()).tokens.length, 1)
  t.equal(await by(world, second.token), 'hello')
})

t.test('the store never has a personal token itself', async (t) => {
  const { world, anna, tea, store } = await fileScene()
  const { id } = await sent(world, anna, tea)
  const { token } = await world.fileTokens.tokenFor(anna, id)
  t.notMatch(JSON.stringify(await store.loadFiles()), token)
})

t.test('a token that cannot be stored is none', async (t) => {
  const { world, anna, tea, store } = await fileScene()
  const { id } = await sent(world, anna, tea)
  store.failing = true
  t.equal(await codeOf(world.fileTokens.tokenFor(anna, id)), 'StoreUnavailable')
})

t.test('nobody has a token of what they may not get, or what is not whole', async (t) => {
  const { world, anna, bob, carol, dave, root, tea } = await fileScene()
  const inTea = await sent(world, anna, tea)
  const direct = await sent(world, anna, bob)
  const ticket = await world.tickets.offer(anna, tea, 'ticket')
  const codes = async (id: number) => {
    const all = [anna, bob, carol, dave, root].map((one) => codeOf(world.fileTokens.tokenFor(one, id)))
    return Promise.all(all)
  }
  const no = 'no-such-file'
  t.same(await codes(inTea.id), [undefined, undefined, undefined, no, no])
  t.same(await codes(direct.id), [undefined, undefined, no, no, no])
  t.same(await codes(ticket.file.id), [no, no, no, no, no])
  t.same(await codes(999), [no, no, no, no, no])
})

interface Departure {
  readonly out: (scene: Scene) => Promise<unknown>
  readonly secret?: true
  readonly settings?: Record<string, string | boolean>
  /** She may come in again. */
  readonly back?: true
}

/** How carol gets out of #tea and loses a right by it. */
const departures: Readonly<Record<string, Departure>> = {
  'leaves a private channel': {
    out: ({ world, carol, tea }) => world.leaving.leave(carol, tea),
    secret: true,
  },
  'is removed': { out: ({ world, anna, tea }) => world.moderation.remove(anna, tea, 'carol'), back: true },
  'is removed from a private one': {
    out: ({ world, anna, tea }) => world.moderation.remove(anna, tea, 'carol'),
    secret: true,
  },
  'is banned': { out: ({ world, anna, tea }) => world.restraining.ban(anna, tea, 'carol') },
  'left, and is banned': {
    async out({ world, anna, carol, tea }) {
      await world.leaving.leave(carol, tea)
      await world.restraining.ban(anna, tea, 'carol')
    },
  },
  'in a private channel is deleted': {
    out: ({ world, carol }) => world.deletion.delete(carol, 'keep'),
    secret: true,
  },
  'is deleted where no guests come in': {
    out: ({ world, carol }) => world.deletion.delete(carol, 'keep'),
    settings: { 'accounts.guests': false },
  },
}

for (const [how, { back, out, secret = false, settings = {} }] of Object.entries(departures)) {
  t.test(`somebody ${how}, and gets nothing any more`, async (t) => {
    const scene = await fileScene({ secret, settings })
    const { world, anna, bob, carol, tea } = scene
    const [one, two] = [await sent(world, anna, tea), await sent(world, anna, tea, 'b', 'other')]
    const elsewhere = await sent(world, anna, await world.join(anna, '#other'))
    const direct = await sent(world, anna, bob)
    const hers = await world.fileTokens.tokenFor(carol, one.id)
    const his = await world.fileTokens.tokenFor(bob, one.id)
    t.equal(await by(world, hers.token), 'hello')
    await out(scene)
    for (const token of [one.get, two.get, hers.token]) t.equal(await by(world, token), 'bad-ticket')
    t.same(world.files.list(carol, tea), [])
    t.equal(await by(world, his.token), 'hello', 'the others get it')
    const now = world.files.list(bob, tea)
    t.same(await Promise.all(now.map(({ get }) => by(world, get))), ['hello', 'other'], 'by a new token')
    for (const { get } of [elsewhere, direct])
      t.equal(await by(world, get), 'hello', 'what is not of that channel')
    if (back) {
      await world.join(carol, '#tea')
      t.equal(await by(world, one.get), 'bad-ticket')
      t.same(world.files.list(carol, tea), now)
    }
    const { world: later, person } = await restarted(scene)
    t.equal(await by(later, one.get), 'bad-ticket', 'nor after a restart')
    t.same(later.files.list(person('bob'), later.channels.require('#tea', person('bob'))), now)
    t.equal(await by(later, his.token), 'hello')
  })
}

/** How somebody goes from a public channel, where everybody can come in again: what others do kills no address. */
const harmless: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
  'a member leaves': ({ world, carol, tea }) => world.leaving.leave(carol, tea),
  'the admin leaves': ({ world, anna, tea }) => world.leaving.leave(anna, tea),
  'a member deletes the account': ({ world, carol }) => world.deletion.delete(carol, 'keep'),
  'a member changes the password': async ({ world, carol }) =>
    world.passwords.set(carol, 'another password', await world.logins.prove(carol, 'password')),
  async 'a guest leaves'({ world, tea }) {
    const guest = world.guest('eve')
    await world.join(guest, tea.name)
    await world.leaving.leave(guest, tea)
  },
  async 'a guest quits'({ world, tea }) {
    const guest = world.guest('eve')
    await world.join(guest, tea.name)
    await world.guests.leave(guest)
  },
}

for (const [how, go] of Object.entries(harmless)) {
  t.test(`${how}, and the addresses of a public channel stay`, async (t) => {
    const scene = await fileScene()
    const { world, anna, carol, tea } = scene
    const { get, id } = await sent(world, anna, tea)
    const hers = await world.fileTokens.tokenFor(carol, id)
    await go(scene)
    t.equal(await by(world, get), 'hello')
    if (how === 'a member leaves')
      t.equal(await by(world, hers.token), 'bad-ticket', 'hers is looked at again')
    const { world: later } = await restarted(scene)
    t.equal(await by(later, get), 'hello')
  })
}

t.test('also where the new token cannot be stored', async (t) => {
  const scene = await fileScene({ secret: true })
  const { world, anna, bob, carol, tea, store } = scene
  const { get } = await sent(world, anna, tea)
  const ear = scene.ears.anna
  // The disk is full as soon as it is stored that she is out.
  ear.hear = (event) => {
    if (event.type === 'left') store.failing = true
  }
  await world.leaving.leave(carol, tea)
  t.equal(store.failing, true)
  t.equal(await by(world, get), 'bad-ticket')
  t.equal(await by(world, world.files.list(bob, tea)[0]?.get ?? ''), 'hello')
  store.failing = false
  const { world: later, person } = await restarted(scene)
  t.equal(await by(later, get), 'bad-ticket')
  const [file] = later.files.list(person('bob'), undefined)
  t.equal(await by(later, file?.get ?? ''), 'hello')
  t.match(await store.loadFiles(), { files: [{ token: file?.get }] }, 'the new one is stored')
})

t.test('who cannot be taken out keeps what they had', async (t) => {
  const { world, anna, carol, tea, store } = await fileScene()
  const { get } = await sent(world, anna, tea)
  store.failing = true
  t.equal(await codeOf(world.leaving.leave(carol, tea)), 'StoreUnavailable')
  store.failing = false
  t.equal(await by(world, get), 'hello')
})

t.test('somebody leaves at the moment a file is announced', async (t) => {
  const scene = await fileScene({ secret: true })
  const { world, anna, bob, carol, tea, ears } = scene
  const { token } = await world.tickets.offer(anna, tea, 'a')
  const upload = await world.uploads.begin(token, { size: 2, offset: 0 })
  await upload.write(Buffer.from('hi'))
  await Promise.all([upload.finish(), world.leaving.leave(carol, tea)])
  for (const event of ears.carol.events)
    if (event.type === 'file') t.equal(await by(world, event.file.get), 'bad-ticket')
  t.equal(await by(world, world.files.list(bob, tea)[0]?.get ?? ''), 'hi')
  const { world: later, person } = await restarted(scene)
  t.equal(await by(later, later.files.list(person('bob'), undefined)[0]?.get ?? ''), 'hi')
})

t.test('a direct file is got by who sent it and who received it, as long as they are', async (t) => {
  const { world, anna, bob, tea } = await fileScene()
  const { id } = await sent(world, anna, bob)
  const [hers, his] = [await world.fileTokens.tokenFor(anna, id), await world.fileTokens.tokenFor(bob, id)]
  await world.leaving.leave(bob, tea)
  for (const { token } of [hers, his]) t.equal(await by(world, token), 'hello', 'no channel matters')
  await world.deletion.delete(anna, 'keep')
  t.equal(await by(world, hers.token), 'bad-ticket')
  t.equal(await by(world, his.token), 'hello')
  await world.deletion.delete(bob, 'keep')
  t.equal(await by(world, his.token), 'bad-ticket')
})

t.test('a guest gets what is in the channel, while there', async (t) => {
  const scene = await fileScene()
  const { world, anna, bob, tea, store } = scene
  const ear = new TestListener()
  const eve = world.guest('eve', ear)
  await world.join(eve, '#tea')
  const { get, id } = await sent(world, anna, tea)
  t.match(
    ear.events.filter(({ type }) => type === 'file'),
    [{ file: { id, get } }],
  )
  const { token } = await world.fileTokens.tokenFor(eve, id)
  t.same((await store.loadFiles()).tokens, [], 'who is gone with the connection leaves nothing')
  t.equal(await by(world, token), 'hello')
  const direct = await sent(world, anna, bob)
  t.equal(await codeOf(world.fileTokens.tokenFor(eve, direct.id)), 'no-such-file')
  await world.leaving.leave(eve, tea)
  t.equal(await by(world, token), 'bad-ticket', 'a guest who leaves')
  await world.join(eve, '#tea')
  t.equal(await by(world, token), 'hello', 'and comes back')
  await world.moderation.remove(anna, tea, eve.name)
  t.equal(await by(world, token), 'bad-ticket')
})

t.test('a guest whose connection is lost changes nothing for the others', async (t) => {
  const { world, anna, tea } = await fileScene()
  const ear = new TestListener()
  const eve = world.guest('eve', ear)
  await world.join(eve, '#tea')
  const { get, id } = await sent(world, anna, tea)
  const { token } = await world.fileTokens.tokenFor(eve, id)
  world.presence.release(eve, ear)
  await world.guests.leave(eve)
  t.equal(await by(world, token), 'bad-ticket', 'the guest is no more')
  t.equal(await by(world, get), 'hello')
  t.equal(world.files.list(anna, tea)[0]?.get, get)
})

t.test('tokens of an account that is asked about survive a restart until their time', async (t) => {
  const scene = await fileScene()
  const { world, anna, bob, tea, clock } = scene
  const { get, id } = await sent(world, anna, tea)
  const { token } = await world.fileTokens.tokenFor(bob, id)
  clock.advance(5 * minuteMs)
  const { world: later, person } = await restarted(scene)
  for (const one of [get, token]) t.equal(await by(later, one), 'hello')
  await later.leaving.leave(person('bob'), later.channels.require('#tea', person('bob')))
  t.equal(await by(later, token), 'bad-ticket', 'checked again')
  await later.join(person('bob'), '#tea')
  clock.advance(5 * minuteMs)
  t.equal(await by(later, token), 'bad-ticket')
  const { world: latest } = await restarted(scene)
  t.equal(await by(latest, token), 'bad-ticket')
  clock.advance(200 * hourMs)
  await latest.fileRemoval.expire()
  t.same((await scene.store.loadFiles()).tokens, [])
})
