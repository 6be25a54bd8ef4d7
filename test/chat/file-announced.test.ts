import t from 'tap'
import { codeOf, TestListener } from '../support/world.ts'
import { begun, broken, fileScene, filesHeard, got, type Scene, sent, uploadsHeard } from './file-scene.ts'

t.test('progress is told after two seconds, at each tenth, and at least every half minute', async (t) => {
  const { world, anna, tea, ears, clock } = await fileScene()
  const { token } = await world.tickets.offer(anna, tea, 'report.pdf')
  const told: number[] = []
  const upload = await world.uploads.begin(token, {
    size: 1000,
    offset: 0,
    onProgress: ({ received }) => told.push(received),
  })
  const pass = async (bytes: number, seconds: number) => {
    await upload.write(Buffer.alloc(bytes))
    clock.advance(seconds * 1000)
  }
  await pass(40, 1)
  t.same(told, [], 'what is quick goes without')
  await pass(10, 1)
  t.same(told, [50])
  t.match(uploadsHeard(ears.anna), [
    { name: 'report.pdf', state: 'running', received: 50, size: 1000, rate: 25, left: 38, token: undefined },
  ])
  await pass(49, 2)
  t.same(told, [50], '9.9 % is no new tenth')
  await pass(1, 2)
  t.same(told, [50, 100])
  await pass(30, 26)
  t.same(told, [50, 100], 'nothing to tell')
  await pass(0, 4)
  t.same(told, [50, 100, 130], 'half a minute is long enough')
  await pass(400, 2)
  await pass(30, 2)
  await pass(40, 2)
  t.same(told, [50, 100, 130, 530, 600])
  await pass(400, 0)
  await upload.finish()
  clock.advance(120_000)
  t.same(told, [50, 100, 130, 530, 600], 'and then no more')
  t.equal(clock.waiting, 0)
  t.same(uploadsHeard(ears.bob), [], 'nobody else is told')
})

t.test('progress of what goes on counts from where it goes on, and ends when it breaks off', async (t) => {
  const { world, anna, tea, ears, clock } = await fileScene()
  const ticket = await broken(world, anna, tea, 100, 'x'.repeat(60))
  ears.anna.take()
  const upload = await begun(world, ticket, 100, 'y'.repeat(20), 60)
  clock.advance(2000)
  t.match(uploadsHeard(ears.anna), [{ state: 'running', received: 80, rate: 10, left: 2 }])
  ears.anna.take()
  await upload.breakOff()
  clock.advance(120_000)
  t.match(uploadsHeard(ears.anna), [{ state: 'broken', received: 80 }])
  t.equal(uploadsHeard(ears.anna).length, 1)
  t.equal(clock.waiting, 0)
})

t.test('a file is announced in the order of the messages', async (t) => {
  const { world, anna, bob, carol, tea, store } = await fileScene()
  const ear = new TestListener()
  world.presence.arrive(carol, ear)
  const uploads = []
  for (const name of ['one', 'two', 'three'])
    uploads.push(await begun(world, await world.tickets.offer(anna, tea, name), 2, 'hi'))
  const { length } = store.messages
  const all: Promise<unknown>[] = []
  for (const [index, upload] of uploads.entries()) {
    all.push(world.say(bob, tea, `before ${index}`), upload.finish(), world.say(bob, tea, `after ${index}`))
    // The next ones fall into the middle of that.
    await Promise.resolve()
  }
  await Promise.all(all)
  const heard = ear.events.flatMap((event) => {
    if (event.type === 'message') return [event.message.text]
    return event.type === 'file' ? [`sent "${event.file.name}" (2 bytes): file ${event.file.id}`] : []
  })
  t.equal(heard.length, 9)
  t.same(
    heard,
    store.messages.slice(length).map(({ text }) => text),
  )
  t.equal(tea.lastId, store.messages.at(-1)?.id)
  t.equal(world.timeline.lastId, store.messages.at(-1)?.id)
})

t.test('a direct file', async (t) => {
  const { world, anna, bob, ears } = await fileScene()
  const [elsewhere, here] = [new TestListener(), ears.anna]
  world.presence.arrive(anna, elsewhere)
  const data = await sent(world, anna, bob)
  t.match(data, { from: 'anna', to: 'bob' })
  t.notOk('channel' in data)
  const file = { ...data, message: world.timeline.lastId }
  t.same(filesHeard(ears.bob), [{ type: 'file', file }])
  for (const ear of [here, elsewhere]) t.same(filesHeard(ear), [{ type: 'file', file, own: true }])
  t.same(ears.carol.events, [])
  const toOneself = { ...(await sent(world, anna, anna)), message: world.timeline.lastId }
  t.same(filesHeard(elsewhere).slice(1), [{ type: 'file', file: toOneself }], 'to oneself it is heard once')
})

t.test('who is offline finds it in the inbox', async (t) => {
  const { world, anna, root, dave, ears } = await fileScene()
  const { id } = await sent(world, anna, root)
  const { messages } = await world.inbox.of(root, {}, true)
  t.match(messages, [{ from: 'anna', kind: 'action', text: `sent "report.pdf" (5 bytes): file ${id}` }])
  const { token } = await world.fileTokens.tokenFor(root, id)
  t.equal(await got(world, token), 'hello')
  t.equal(await codeOf(world.fileTokens.tokenFor(dave, id)), 'no-such-file')
  t.same(ears.dave.events, [])
})

/** How anna's ear and her lists look to her after a file went to bob. */
async function senderSees({ world, anna, bob, ears }: Scene) {
  const data = await sent(world, anna, bob)
  const { id } = data
  const { messages } = await world.history.of(anna, 'bob')
  const heard = filesHeard(ears.anna).map(({ own, file }) => [own, file.name, file.to])
  const listed = world.files.list(anna, bob).map(({ name, to }) => [name, to])
  const token = await codeOf(world.fileTokens.tokenFor(anna, id))
  return { heard, listed, token, texts: messages.map(({ text }) => text), to: data.to }
}

t.test('who is blocked is told nothing of that, and whoever blocked finds nothing', async (t) => {
  const scene = await fileScene()
  const { world, anna, bob, carol, tea, ears } = scene
  await world.contacts.block(bob, 'anna')
  t.same(await senderSees(scene), await senderSees(await fileScene()), 'all is as if it had arrived')
  const [{ id = 0, get = '' } = {}] = world.files.list(anna, bob)
  t.same(ears.bob.events, [])
  t.same(world.files.list(bob, undefined), [])
  t.same(world.files.list(bob, anna), [])
  t.equal(await codeOf(world.fileTokens.tokenFor(bob, id)), 'no-such-file')
  t.equal(await codeOf(world.files.delete(bob, id)), 'no-such-file')
  t.same((await world.inbox.of(bob, {}, true)).messages, [])
  await world.contacts.unblock(bob, 'anna')
  t.same(world.files.list(bob, undefined), [], 'nor later')
  t.equal(await got(world, get), 'hello', 'the sender can get it')
  await world.contacts.block(bob, 'anna')
  await sent(world, anna, tea)
  t.same(ears.bob.events, [])
  t.equal(filesHeard(ears.carol).length, 1, 'in a channel the others hear it')
  t.equal(world.files.list(carol, tea).length, 1)
})
