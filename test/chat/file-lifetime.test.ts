import t from 'tap'
import type { Account } from '../../server/chat/model/people.ts'
import { codeOf, thrownCode, type World } from '../support/world.ts'
import { begun, broken, fileScene, got, hourMs, idsOf, minuteMs, restarted, sent } from './file-scene.ts'

for (const fate of ['keep', 'remove'] as const) {
  t.test(`an account is deleted, and its messages: ${fate}`, async (t) => {
    const scene = await fileScene()
    const { world, anna, bob, carol, tea, vault } = scene
    const inTea = await sent(world, bob, tea)
    const toCarol = await sent(world, bob, carol)
    const toBob = await sent(world, anna, bob)
    const other = await sent(world, anna, carol)
    const ticket = await broken(world, bob, tea, 9, 'hello')
    const toHim = await broken(world, anna, bob, 9, 'hello')
    const kept = fate === 'keep' ? [inTea.id, toCarol.id] : []
    await world.deletion.delete(bob, fate)
    const check = async (now: World, one: Account, another: Account) => {
      t.same(idsOf(now, one), [...kept, other.id])
      t.same(idsOf(now, another), [...kept.slice(0, 1), other.id])
      for (const { name, from } of now.files.list(one, undefined).slice(0, kept.length))
        t.same([name, from], ['report.pdf', `deleted user #${bob.id}`])
      for (const { token } of [ticket, toHim])
        t.equal(await codeOf(now.uploads.begin(token, { size: 9, offset: 5 })), 'bad-ticket')
      t.equal(
        thrownCode(() => now.fileTokens.download(toBob.get)),
        'bad-ticket',
      )
      for (const id of kept) t.equal(await got(now, (await now.fileTokens.tokenFor(one, id)).token), 'hello')
      t.equal(vault.whole.size, kept.length + 1)
      t.equal(vault.parts.size, 0)
    }
    await check(world, carol, anna)
    const { world: later, person } = await restarted(scene)
    await check(later, person('carol'), person('anna'))
  })
}

t.test('files and tickets end by the clock', async (t) => {
  const { world, anna, tea, clock, vault, store } = await fileScene({ settings: { 'files.keepHours': 2 } })
  const { get, id, expires } = await sent(world, anna, tea)
  t.equal(expires, clock.now() + 2 * hourMs)
  const ticket = await broken(world, anna, tea, 9, 'hello')
  clock.advance(10 * minuteMs - 1)
  t.same(world.tickets.uploads(anna).length, 1)
  await world.fileRemoval.expire()
  t.equal(vault.parts.size, 1)
  clock.advance(1)
  t.same(world.tickets.uploads(anna), [], 'at once, also before anybody clears')
  t.equal(await codeOf(world.uploads.begin(ticket.token, { size: 9, offset: 5 })), 'bad-ticket')
  await world.fileRemoval.expire()
  t.equal(vault.parts.size, 0)
  t.equal(world.shelf.usedBytes(anna.id), 5)
  clock.advance(2 * hourMs - 10 * minuteMs - 1)
  t.equal(await got(world, get), 'hello')
  const { expires: last } = await world.fileTokens.tokenFor(anna, id)
  t.equal(last, expires, 'a token ends with its file')
  clock.advance(1)
  t.equal(
    thrownCode(() => world.fileTokens.download(get)),
    'bad-ticket',
  )
  t.same(idsOf(world, anna), [])
  t.equal(await codeOf(world.fileTokens.tokenFor(anna, id)), 'no-such-file')
  t.equal(await codeOf(world.files.delete(anna, id)), 'no-such-file')
  await world.fileRemoval.expire()
  t.equal(vault.whole.size, 0)
  t.same(await store.loadFiles(), { files: [], tokens: [] })
})

t.test('what the store cannot forget is cleared later', async (t) => {
  const { world, anna, tea, clock, vault, store } = await fileScene({ settings: { 'files.keepHours': 1 } })
  await sent(world, anna, tea)
  clock.advance(hourMs)
  store.failing = true
  t.equal(await codeOf(world.fileRemoval.expire()), 'StoreUnavailable')
  t.equal(vault.whole.size, 1)
  store.failing = false
  await world.fileRemoval.expire()
  t.equal(vault.whole.size, 0)
})

t.test('0 hours is for ever', async (t) => {
  const { world, anna, tea, clock } = await fileScene({ settings: { 'files.keepHours': 0 } })
  const { get, id, expires } = await sent(world, anna, tea)
  t.equal(expires, 0)
  clock.advance(100_000 * hourMs)
  await world.fileRemoval.expire()
  t.equal(await got(world, get), 'hello')
  t.equal((await world.fileTokens.tokenFor(anna, id)).expires, clock.now() + 10 * minuteMs)
})

t.test('a server that starts again has it all', async (t) => {
  const scene = await fileScene()
  const { world, anna, bob, tea, vault } = scene
  const inTea = await sent(world, anna, tea)
  const toBob = await sent(world, anna, bob)
  const personal = await world.fileTokens.tokenFor(bob, toBob.id)
  const ticket = await broken(world, anna, tea, 11, 'hello')
  const waiting = await world.tickets.offer(anna, bob, 'waiting')
  // These are under way when the server is killed.
  const killed = await world.tickets.offer(anna, tea, 'killed')
  await begun(world, killed, 11, 'hello')
  const chunked = await world.tickets.offer(anna, tea, 'chunked')
  await begun(world, chunked, undefined, 'hello')
  vault.parts.set('ORPHAN', Buffer.from('part'))
  vault.whole.set('ORPHAN2', Buffer.from('whole'))
  const { world: later, person } = await restarted(scene)
  t.same(later.files.list(person('anna'), undefined), [inTea, toBob])
  t.equal(await got(later, inTea.get), 'hello')
  t.equal(await got(later, toBob.get), 'hello')
  t.equal(await got(later, personal.token), 'hello')
  t.match(later.tickets.uploads(person('anna')), [
    { state: 'broken', received: 5, size: 11, token: ticket.token },
    { state: 'waiting', received: 0, name: 'waiting', to: 'bob' },
    { state: 'broken', received: 5, size: 11, name: 'killed' },
    { state: 'waiting', received: 0, name: 'chunked' },
  ])
  t.same([...vault.parts.values()].map(String), ['hello', 'hello'], 'and no bytes that nobody can go on with')
  t.equal(vault.whole.size, 2)
  for (const token of [ticket.token, killed.token]) {
    t.equal(await codeOf(later.uploads.begin(token, { size: 11, offset: 0 })), 'wrong-offset')
    const { get, size } = await (await begun(later, { token }, 11, ' world', 5)).finish()
    t.equal(size, 11)
    t.equal(await got(later, get), 'hello world')
  }
  for (const token of [waiting.token, chunked.token])
    t.match(await (await begun(later, { token }, 3, 'new')).finish(), { size: 3 })
})

t.test('it ended between the last byte and the entry in the database', async (t) => {
  const scene = await fileScene()
  const { world, anna, tea, vault } = scene
  const { file, token } = await world.tickets.offer(anna, tea, 'a')
  const upload = await begun(world, { token }, 5, 'hello')
  // Its completion is never heard of.
  vault.whole.set(file.blob, Buffer.from('hello'))
  vault.parts.delete(file.blob)
  t.equal(upload.missing, 0)
  const { world: later, person } = await restarted(scene)
  t.match(later.tickets.uploads(person('anna')), [{ state: 'broken', received: 5, size: 5 }])
  const { get } = await (await begun(later, { token }, 5, '', 5)).finish()
  t.equal(await got(later, get), 'hello')
})

t.test('what ended while the server was down is cleared some minutes behind its start', async (t) => {
  const scene = await fileScene({ settings: { 'files.keepHours': 1 } })
  const { world, anna, tea, clock, vault, store } = scene
  const { get } = await sent(world, anna, tea)
  const ticket = await broken(world, anna, tea, 9, 'hello')
  clock.advance(hourMs)
  const { world: later } = await restarted(scene)
  t.equal(
    thrownCode(() => later.fileTokens.download(get)),
    'bad-ticket',
  )
  t.equal(await codeOf(later.uploads.begin(ticket.token, { size: 9, offset: 5 })), 'bad-ticket')
  t.equal(await later.fileRemoval.expire(), 0)
  clock.advance(5 * minuteMs)
  t.equal(await later.fileRemoval.expire(), 2)
  t.equal(vault.whole.size + vault.parts.size, 0)
  t.same(await store.loadFiles(), { files: [], tokens: [] })
})
