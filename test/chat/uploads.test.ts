import t from 'tap'
import { codeOf, thrownCode } from '../support/world.ts'
import {
  begun,
  broken,
  fileScene,
  filesHeard,
  got,
  minuteMs,
  type Scene,
  sent,
  sha256,
  uploadsHeard,
} from './file-scene.ts'

/** What the ticket's owner is told of it. */
const rowOf = ({ world, anna }: Scene) => world.tickets.uploads(anna)[0]

t.test('a file goes from a ticket to everybody in the channel', async (t) => {
  const scene = await fileScene()
  const { world, anna, tea, ears, store, clock } = scene
  const { file, token, expires } = await world.tickets.offer(anna, tea, 'report.pdf')
  t.equal(expires, clock.now() + 10 * minuteMs)
  t.match(rowOf(scene), {
    id: file.id,
    name: 'report.pdf',
    channel: '#tea',
    state: 'waiting',
    received: 0,
    token,
  })
  const upload = await begun(world, { token }, 11, 'hello ')
  t.match(rowOf(scene), { state: 'running', received: 6, size: 11 })
  t.same(world.files.list(anna, undefined), [], 'nothing partial is offered')
  t.equal(
    thrownCode(() => world.fileTokens.download(token)),
    'bad-ticket',
  )
  await upload.write(Buffer.from('world'))
  t.same([...filesHeard(ears.bob), ...filesHeard(ears.anna)], [], 'nor announced')
  const data = await upload.finish()
  t.match(data, {
    id: file.id,
    name: 'report.pdf',
    size: 11,
    sha256: sha256('hello world'),
    from: 'anna',
    channel: '#tea',
    at: clock.now(),
  })
  t.not(data.get, token, 'who has the ticket of an upload has nothing to get by it')
  const announced = { ...data, message: store.messages.at(-1)?.id }
  for (const ear of [ears.anna, ears.bob, ears.carol])
    t.same(filesHeard(ear), [{ type: 'file', file: announced }])
  t.same(ears.dave.events, [])
  t.equal(await got(world, data.get), 'hello world')
  t.match(store.messages.at(-1), { kind: 'action', text: `sent "report.pdf" (11 bytes): file ${file.id}` })
  t.same(world.tickets.uploads(anna), [])
  t.equal(
    await codeOf(world.uploads.begin(token, { size: 11, offset: 0 })),
    'bad-ticket',
    'the ticket is used',
  )
  t.equal(clock.waiting, 0)
})

t.test('a token is taken in small letters too, and a wrong one is not', async (t) => {
  const { world, anna, tea } = await fileScene()
  const { token } = await world.tickets.offer(anna, tea, 'a')
  for (const wrong of ['', 'A', `${token}A`, token.slice(1), '*', '../..'])
    t.equal(await codeOf(world.uploads.begin(wrong, { size: 1, offset: 0 })), 'bad-ticket', wrong)
  const upload = await begun(world, { token: token.toLowerCase() }, 1, 'a')
  const { get } = await upload.finish()
  t.equal(await got(world, get.toLowerCase()), 'a')
})

t.test('files of no bytes, of any bytes, and of a size that nobody said', async (t) => {
  const { world, anna, tea } = await fileScene()
  t.match(await sent(world, anna, tea, 'empty', ''), { size: 0, sha256: sha256('') })
  const ticket = await world.tickets.offer(anna, tea, 'chunked')
  const upload = await begun(world, ticket, undefined, 'some ')
  t.equal(upload.missing, undefined)
  await upload.write(Buffer.from('more'))
  const data = await upload.finish()
  t.match(data, { size: 9, sha256: sha256('some more') })
  t.equal(await got(world, data.get), 'some more')
})

t.test('one uploader for each ticket', async (t) => {
  const { world, anna, tea } = await fileScene()
  const ticket = await world.tickets.offer(anna, tea, 'a')
  const announced = { size: 5, offset: 0 }
  const both = await Promise.all([1, 2].map(() => codeOf(world.uploads.begin(ticket.token, announced))))
  t.same(both, [undefined, 'ticket-in-use'], 'also of two at the same moment')
  const file = world.tickets.find(ticket.token)
  t.equal(await codeOf(world.uploads.begin(ticket.token, { size: 9, offset: 4 })), 'ticket-in-use')
  t.match(file, { size: 5, received: 0 }, 'who was refused changes nothing')
})

t.test('an upload that broke off goes on at its offset, and at no other', async (t) => {
  const scene = await fileScene()
  const { world, anna, tea, ears, clock } = scene
  const ticket = await world.tickets.offer(anna, tea, 'report.pdf')
  const first = await begun(world, ticket, 11, 'hello')
  t.equal(await codeOf(first.finish()), 'upload-broken', 'not before all of it is there')
  clock.advance(9 * minuteMs)
  ears.anna.take()
  await first.breakOff()
  t.match(uploadsHeard(ears.anna), [
    { id: ticket.file.id, name: 'report.pdf', state: 'broken', received: 5, size: 11, token: ticket.token },
  ])
  t.same(uploadsHeard(ears.bob), [])
  t.match(rowOf(scene), { state: 'broken', received: 5, size: 11, expires: clock.now() + 10 * minuteMs })
  const codes = []
  for (const [size, offset] of [
    [11, 0],
    [11, 4],
    [11, 6],
    [12, 5],
    [10, 5],
    [undefined, 5],
    [4, 5],
  ] as const)
    codes.push(await codeOf(world.uploads.begin(ticket.token, { size, offset })))
  t.same(codes, [
    ...['wrong-offset', 'wrong-offset', 'wrong-offset'],
    ...['wrong-size', 'wrong-size', 'wrong-size', 'wrong-size'],
  ])
  t.match(rowOf(scene), { state: 'broken', received: 5, size: 11 }, 'the ticket is as it was')
  clock.advance(9 * minuteMs)
  const second = await begun(world, ticket, 11, ' world', 5)
  t.match(await second.finish(), { size: 11, sha256: sha256('hello world') })
})

t.test('with no bytes there yet the size may be another one', async (t) => {
  const { world, anna, tea } = await fileScene()
  const ticket = await broken(world, anna, tea, 900, '')
  t.match(await (await begun(world, ticket, 3, 'new')).finish(), { size: 3 })
})

t.test('an offset behind the end', async (t) => {
  const { world, anna, tea } = await fileScene()
  const ticket = await world.tickets.offer(anna, tea, 'a')
  t.equal(await codeOf(world.uploads.begin(ticket.token, { size: 5, offset: 6 })), 'wrong-offset')
})

t.test('where no size was said, it begins anew, and nothing of it is left', async (t) => {
  const scene = await fileScene()
  const { world, anna, tea, ears, vault } = scene
  const ticket = await world.tickets.offer(anna, tea, 'a')
  const first = await begun(world, ticket, undefined, 'hello')
  await first.breakOff()
  t.match(uploadsHeard(ears.anna), [{ state: 'broken', received: 0 }])
  t.match(rowOf(scene), { state: 'waiting', received: 0 })
  t.equal(vault.parts.get(ticket.file.blob)?.length ?? 0, 0, 'what no limit counts takes no room')
  t.equal(await codeOf(world.uploads.begin(ticket.token, { size: 9, offset: 5 })), 'wrong-offset')
  t.match(await (await begun(world, ticket, undefined, 'again')).finish(), {
    size: 5,
    sha256: sha256('again'),
  })
})

/** What can happen to the sender while the bytes come, and what the sender is told at their end. */
const meanwhile: Readonly<
  Record<
    string,
    { happens: (scene: Scene) => Promise<unknown>; code: string; after?: (scene: Scene) => Promise<unknown> }
  >
> = {
  muted: {
    happens: ({ world, anna, tea, root }) => world.restraining.mute(root, tea, anna.name, { forMs: 1000 }),
    code: 'muted',
    after: async ({ clock }) => clock.advance(1000),
  },
  removed: {
    happens: ({ world, anna, tea, root }) => world.moderation.remove(root, tea, anna.name),
    code: 'not-a-member',
    after: ({ world, anna }) => world.join(anna, '#tea'),
  },
  gone: {
    happens: ({ world, anna, tea }) => world.leaving.leave(anna, tea),
    code: 'not-a-member',
    after: ({ world, anna }) => world.join(anna, '#tea'),
  },
  banned: {
    happens: ({ world, anna, tea, root }) => world.restraining.ban(root, tea, anna.name),
    code: 'not-a-member',
  },
  'an account that is deleted': {
    happens: ({ world, anna }) => world.deletion.delete(anna, 'keep'),
    code: 'bad-ticket',
  },
  'without the ticket': {
    happens: ({ world, anna }) => world.files.delete(anna, world.tickets.uploads(anna)[0]?.id ?? 0),
    code: 'bad-ticket',
  },
  'without the channel': {
    happens: async ({ world, anna, bob, carol, tea }) => {
      for (const one of [anna, bob, carol]) await world.leaving.leave(one, tea)
    },
    code: 'bad-ticket',
  },
}

for (const [title, { after, code, happens }] of Object.entries(meanwhile)) {
  t.test(`the sender is ${title} meanwhile`, async (t) => {
    const scene = await fileScene()
    const { world, anna, tea, ears, store, vault } = scene
    const ticket = await world.tickets.offer(anna, tea, 'a')
    const upload = await begun(world, ticket, 5, 'hello')
    await happens(scene)
    const { length } = store.messages
    t.equal(await codeOf(upload.finish()), code)
    await upload.breakOff()
    t.same(filesHeard(ears.bob), [])
    t.equal(store.messages.length, length)
    t.same(vault.whole.size, 0)
    t.equal(await codeOf(world.uploads.begin(ticket.token, { size: 5, offset: 5 })), code, 'nor can it begin')
    if (after) {
      await after(scene)
      t.match(await (await begun(world, ticket, 5, '', 5)).finish(), { sha256: sha256('hello') })
    } else if (code === 'bad-ticket') t.equal(vault.parts.size, 0, 'and its bytes are gone')
  })
}

t.test('what is withdrawn in mid-upload is not written on', async (t) => {
  const { world, anna, tea, vault } = await fileScene()
  const { file, token } = await world.tickets.offer(anna, tea, 'a')
  const upload = await begun(world, { token }, 20, 'hello')
  await world.files.delete(anna, file.id)
  t.equal(await codeOf(upload.write(Buffer.from('more'))), 'bad-ticket')
  await upload.breakOff()
  t.equal(vault.parts.size, 0)
  t.equal(await codeOf(world.uploads.begin(token, { size: 20, offset: 5 })), 'bad-ticket')
})

t.test('what is withdrawn while an upload begins leaves nothing behind', async (t) => {
  const { world, anna, tea, vault } = await fileScene()
  const { file, token } = await world.tickets.offer(anna, tea, 'a')
  const beginning = world.uploads.begin(token, { size: 5, offset: 0 })
  const [begin] = await Promise.allSettled([beginning, world.files.delete(anna, file.id)])
  if (begin.status === 'fulfilled') await begin.value.breakOff()
  t.equal(file.removed, true)
  t.equal(vault.parts.size, 0)
})

t.test('an upload that is cancelled ends its ticket', async (t) => {
  const { world, anna, tea, vault, clock } = await fileScene()
  const { token } = await world.tickets.offer(anna, tea, 'a')
  const upload = await begun(world, { token }, undefined, 'hello')
  await upload.cancel()
  t.same(world.tickets.uploads(anna), [])
  t.equal(await codeOf(world.uploads.begin(token, { size: 5, offset: 0 })), 'bad-ticket')
  t.equal(vault.parts.size, 0)
  t.equal(clock.waiting, 0)
})
