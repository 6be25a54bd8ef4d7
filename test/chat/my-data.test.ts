import t from 'tap'
import { codeOf, thrownCode } from '../support/world.ts'
import { fileScene, got, hourMs, restarted, sent } from './file-scene.ts'

type Written = Record<string, unknown> & { messages: { text: string }[] }

t.test('somebody gets all that is stored about them, and nothing of others', async (t) => {
  const { anna, bob, carol, clock, dave, tea, world } = await fileScene()
  await world.ownSettings.setEmail(anna, 'anna@example.org')
  await world.ownSettings.setEmail(bob, 'bob@example.org')
  const { token } = await world.tokens.make(anna, 'cron')
  await world.contacts.add(anna, 'bob')
  await world.contacts.add(dave, 'anna')
  await world.contacts.block(anna, 'dave')
  await world.say(anna, tea, 'in tea')
  await world.say(bob, tea, 'by bob in tea')
  await world.say(anna, bob, 'to bob')
  await world.say(bob, anna, 'from bob')
  await world.say(dave, anna, 'from dave, who is blocked')
  await world.say(bob, carol, 'between others')
  await world.say(anna, world.guest('gus'), 'to a guest')
  await sent(world, bob, tea, 'of-bob.pdf')
  await sent(world, anna, tea, 'own.pdf')
  const ticket = await world.myData.fileFor(anna)
  const text = await got(world, ticket.token)
  const written = JSON.parse(text) as Written
  t.match(written, {
    format: 'partyline-mydata',
    version: 1,
    at: '2026-11-20T18:00:00.000Z',
    account: { name: 'anna', id: anna.id, email: 'anna@example.org', operator: false },
    channels: [{ name: '#tea', role: 'admin', since: '2026-11-20T18:00:00.000Z' }],
    tokens: [{ name: 'cron' }],
    contacts: ['bob'],
    blocked: ['dave'],
    files: [{ name: 'own.pdf', channel: '#tea', size: 5 }],
  })
  t.strictSame(
    written.messages.map((message) => message.text),
    ['in tea', 'to bob', 'from bob', 'to a guest', 'sent "own.pdf" (5 bytes): file 2'],
  )
  t.match(written.messages, [
    { from: 'anna', channel: '#tea' },
    { from: 'anna', to: 'bob' },
    { from: 'bob', to: 'anna' },
    { to: '~gus' },
    { kind: 'action' },
  ])
  for (const hidden of ['hash', 'password of', token, 'bob@example.org', 'between others'])
    t.notOk(text.includes(hidden), hidden)

  t.strictSame(
    world.files.list(bob, undefined).map(({ name }) => name),
    ['of-bob.pdf', 'own.pdf'],
  )
  t.equal(
    thrownCode(() => world.files.require(bob, ticket.file.id)),
    'no-such-file',
    'for nobody else',
  )
  clock.advance(hourMs + 1)
  await world.fileRemoval.expire()
  t.equal(
    thrownCode(() => world.fileTokens.download(ticket.token)),
    'bad-ticket',
    'it goes away',
  )
})

t.test('it costs once an hour, whatever somebody does', async (t) => {
  const scene = await fileScene()
  const { anna, bob, clock, store, tea, vault, world } = scene
  await world.say(anna, tea, 'one')
  let reads = 0
  const about = store.messagesAbout.bind(store)
  store.messagesAbout = (account, after) => {
    reads++
    return about(account, after)
  }
  const [first, second] = await Promise.all([world.myData.fileFor(anna), world.myData.fileFor(anna)])
  t.equal(first.file.id, second.file.id)
  t.not(first.token, second.token)
  t.equal(reads, 1)
  t.equal(vault.whole.size, 1)
  await world.files.delete(anna, first.file.id)
  t.equal(await codeOf(world.myData.fileFor(anna)), 'try-later')
  t.ok((await world.myData.fileFor(bob)).token, 'which is nothing to others')
  clock.advance(hourMs)
  t.not((await world.myData.fileFor(anna)).file.id, first.file.id)
  t.equal(reads, 3)
  const { person, world: again } = await restarted(scene)
  t.match(again.files.list(person('anna'), undefined), [{ name: 'mydata-anna.json' }])
})

t.test('without room there is none, and nothing is left of it', async (t) => {
  const { anna, tea, vault, world } = await fileScene()
  await world.say(anna, tea, 'x'.repeat(500))
  vault.capacity = 600
  t.equal(await codeOf(world.myData.fileFor(anna)), 'disk-full')
  t.equal(vault.whole.size + vault.parts.size, 0)
  vault.capacity = Number.MAX_SAFE_INTEGER
  t.ok((await world.myData.fileFor(anna)).token)
})
