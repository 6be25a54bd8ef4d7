import t from 'tap'
import { codeOf } from '../support/world.ts'
import {
  begun,
  broken,
  fileScene,
  filesHeard,
  hourMs,
  minuteMs,
  sent,
  sha256,
  uploadsHeard,
} from './file-scene.ts'

t.test('the largest file', async (t) => {
  const { world, anna, tea } = await fileScene({ settings: { 'files.maxBytes': 10 } })
  const ticket = await world.tickets.offer(anna, tea, 'a')
  t.equal(await codeOf(world.uploads.begin(ticket.token, { size: 11, offset: 0 })), 'file-too-large')
  t.match(world.tickets.uploads(anna), [{ state: 'waiting', size: undefined }], 'the ticket is as it was')
  t.match(await (await begun(world, ticket, 10, '0123456789')).finish(), { size: 10 })
  const chunked = await begun(world, await world.tickets.offer(anna, tea, 'b'), undefined, '0123456789')
  t.equal(await codeOf(chunked.write(Buffer.from('x'))), 'file-too-large', 'where no size was said')
  await chunked.breakOff()
  t.equal(world.shelf.bytes, 10)
})

t.test('what one account may have, with what running uploads have yet to bring', async (t) => {
  const { world, anna, bob, tea } = await fileScene({ settings: { 'files.accountBytes': 100 } })
  const start = async (size: number | undefined) =>
    world.uploads.begin((await world.tickets.offer(anna, tea, 'a')).token, { size, offset: 0 })
  await sent(world, anna, tea, 'whole', 'x'.repeat(30))
  const running = await start(50)
  t.equal(world.shelf.usedBytes(anna.id), 80)
  t.equal(await codeOf(start(21)), 'quota-exceeded')
  const last = await start(20)
  t.equal(world.shelf.usedBytes(anna.id), 100)
  t.match(await sent(world, bob, tea, 'theirs', 'y'.repeat(90)), { size: 90 }, 'others have their own')
  await last.breakOff()
  t.equal(world.shelf.usedBytes(anna.id), 80, 'what did not come is free again')
  const chunked = await start(undefined)
  await chunked.write(Buffer.alloc(20))
  t.equal(await codeOf(chunked.write(Buffer.alloc(1))), 'quota-exceeded')
  await chunked.breakOff()
  await running.write(Buffer.alloc(50))
  const { id } = await running.finish()
  t.equal(world.shelf.usedBytes(anna.id), 80)
  await world.files.delete(anna, id)
  t.equal(world.shelf.usedBytes(anna.id), 30)
})

t.test('what is there of an upload that broke off counts', async (t) => {
  const { world, anna, tea } = await fileScene({ settings: { 'files.accountBytes': 100 } })
  const ticket = await broken(world, anna, tea, 90, 'x'.repeat(60))
  t.equal(world.shelf.usedBytes(anna.id), 60)
  const other = await world.tickets.offer(anna, tea, 'other')
  t.equal(await codeOf(world.uploads.begin(other.token, { size: 41, offset: 0 })), 'quota-exceeded')
  await sent(world, anna, tea, 'small', 'y'.repeat(40))
  t.equal(await codeOf(world.uploads.begin(ticket.token, { size: 90, offset: 60 })), 'quota-exceeded')
  t.equal(world.shelf.usedBytes(anna.id), 100)
})

t.test('what all may have together is what has arrived: announcing costs nothing', async (t) => {
  const { world, anna, bob, carol, tea } = await fileScene({ settings: { 'files.totalBytes': 100 } })
  await sent(world, anna, tea, 'a', 'x'.repeat(40))
  const announced = await begun(world, await world.tickets.offer(bob, tea, 'b'), 50, 'xx')
  await world.tickets.offer(bob, tea, 'never begun')
  t.equal(world.shelf.bytes, 42)
  const ticket = await world.tickets.offer(carol, tea, 'c')
  t.equal(await codeOf(world.uploads.begin(ticket.token, { size: 59, offset: 0 })), 'quota-exceeded')
  const upload = await begun(world, ticket, 55, 'x'.repeat(55))
  t.equal(await codeOf(announced.write(Buffer.alloc(4))), 'quota-exceeded', 'who comes too late is told')
  await announced.breakOff()
  await upload.finish()
  t.equal(world.shelf.bytes, 97, 'and no byte is too many')
  const goesOn = world.tickets.uploads(bob).find(({ received }) => received > 0)
  t.match(goesOn, { state: 'broken', received: 2 })
  await world.files.delete(bob, goesOn?.id ?? 0)
  t.equal(world.shelf.bytes, 95)
})

t.test('four accounts announce all there is and send a byte: others send files as before', async (t) => {
  const settings = { 'files.totalBytes': 200, 'files.freeSpaceBytes': 100 }
  const { world, anna, bob, carol, dave, tea, vault } = await fileScene({ settings })
  vault.capacity = 300
  await world.join(dave, '#tea')
  for (const one of [anna, bob, carol])
    for (let count = 0; count < 4; count++)
      await begun(world, await world.tickets.offer(one, tea, 'a'), 180, 'x')
  t.match(await sent(world, dave, tea, 'theirs', 'y'.repeat(150)), { size: 150 })
})

t.test('a ticket that gets a byte now and then ends when a file would', async (t) => {
  const settings = { 'files.keepHours': 1, 'files.ticketMinutes': 40 }
  const { world, anna, tea, clock } = await fileScene({ settings })
  const ticket = await broken(world, anna, tea, 90, 'x')
  clock.advance(30 * minuteMs)
  await (await begun(world, ticket, 90, 'x', 1)).breakOff()
  clock.advance(29 * minuteMs)
  await (await begun(world, ticket, 90, 'x', 2)).breakOff()
  clock.advance(minuteMs)
  t.equal(await codeOf(world.uploads.begin(ticket.token, { size: 90, offset: 3 })), 'bad-ticket')
  await world.fileRemoval.expire()
  t.equal(world.shelf.bytes, 0)
})

t.test('of uploads that begin at the same moment, none slips past a limit', async (t) => {
  const { world, anna, tea } = await fileScene({ settings: { 'files.accountBytes': 100 } })
  const tickets = [1, 2, 3].map((number) => world.tickets.offer(anna, tea, `${number}`))
  const begin = async (size: number, token: string) => codeOf(world.uploads.begin(token, { size, offset: 0 }))
  const tokens = (await Promise.all(tickets)).map(({ token }) => token)
  const codes = await Promise.all(tokens.map((token) => begin(40, token)))
  t.same(codes, [undefined, undefined, 'quota-exceeded'])
})

t.test('how many uploads one account may have, also of many asked for at once', async (t) => {
  const { world, anna, bob, tea, clock } = await fileScene({ settings: { 'files.uploadsPerAccount': 3 } })
  const codes = await Promise.all([1, 2, 3, 4, 5].map(() => codeOf(world.tickets.offer(anna, tea, 'a'))))
  t.same(codes, [undefined, undefined, undefined, 'quota-exceeded', 'quota-exceeded'])
  t.equal(await codeOf(world.tickets.offer(bob, tea, 'a')), undefined, 'others have their own')
  const [first, second] = world.tickets.uploads(anna)
  await (await begun(world, { token: first?.token ?? '' }, 1, 'x')).finish()
  t.equal(await codeOf(world.tickets.offer(anna, tea, 'a')), undefined, 'one is whole')
  t.equal(await codeOf(world.tickets.offer(anna, tea, 'a')), 'quota-exceeded')
  await world.files.delete(anna, second?.id ?? 0)
  t.equal(await codeOf(world.tickets.offer(anna, tea, 'a')), undefined, 'one is withdrawn')
  clock.advance(10 * minuteMs)
  t.equal(await codeOf(world.tickets.offer(anna, tea, 'a')), undefined, 'the others are past their time')
})

t.test('an upload that runs longer than its ticket counts, and ends well', async (t) => {
  const { world, anna, tea, clock } = await fileScene({ settings: { 'files.uploadsPerAccount': 1 } })
  const upload = await begun(world, await world.tickets.offer(anna, tea, 'a'), 2, 'x')
  clock.advance(hourMs)
  await world.fileRemoval.expire()
  t.equal(await codeOf(world.tickets.offer(anna, tea, 'a')), 'quota-exceeded')
  await upload.write(Buffer.from('y'))
  t.match(await upload.finish(), { size: 2 })
})

t.test('0 is no limit of uploads', async (t) => {
  const { world, anna, tea } = await fileScene({ settings: { 'files.uploadsPerAccount': 0 } })
  for (let count = 0; count < 50; count++) await world.tickets.offer(anna, tea, 'a')
  t.equal(world.tickets.uploads(anna).length, 50)
})

t.test('room that must stay free on the disk', async (t) => {
  const { world, anna, tea, vault } = await fileScene({ settings: { 'files.freeSpaceBytes': 1000 } })
  vault.capacity = 1100
  const [one, two] = [await world.tickets.offer(anna, tea, 'a'), await world.tickets.offer(anna, tea, 'b')]
  t.equal(await codeOf(world.uploads.begin(one.token, { size: 101, offset: 0 })), 'disk-full')
  const upload = await begun(world, one, 60, 'x'.repeat(20))
  t.equal(await codeOf(world.uploads.begin(two.token, { size: 81, offset: 0 })), 'disk-full')
  await t.resolves(
    world.uploads.begin(two.token, { size: 80, offset: 0 }),
    'others may announce what they like',
  )
  await upload.write(Buffer.alloc(40))
  t.match(await upload.finish(), { size: 60 })
})

t.test('where the disk fills up by something else, an upload notices', async (t) => {
  const { world, anna, tea, vault } = await fileScene({ settings: { 'files.freeSpaceBytes': 1000 } })
  const mebibyte = 1024 * 1024
  const ticket = await world.tickets.offer(anna, tea, 'a')
  const upload = await begun(world, ticket, 40 * mebibyte)
  vault.capacity = 20 * mebibyte
  const codes: (string | undefined)[] = []
  for (let count = 0; count < 16; count++) codes.push(await codeOf(upload.write(Buffer.alloc(mebibyte))))
  t.same(codes, [...Array(15).fill(undefined), 'disk-full'], 'long before the disk is full')
  await upload.breakOff()
  t.match(world.tickets.uploads(anna), [{ state: 'broken', received: 16 * mebibyte }])
})

t.test('files can be switched off', async (t) => {
  const { world, anna, tea } = await fileScene({ settings: { 'files.enabled': false } })
  t.equal(await codeOf(world.tickets.offer(anna, tea, 'a')), 'not-allowed')
})

t.test('a disk that is full in mid-upload', async (t) => {
  const { world, anna, bob, tea, vault, ears } = await fileScene({ settings: { 'files.freeSpaceBytes': 0 } })
  vault.capacity = 100
  const ticket = await world.tickets.offer(anna, tea, 'a')
  const theirs = await begun(world, await world.tickets.offer(bob, tea, 'b'), 10, 'fit')
  const upload = await begun(world, ticket, 80, 'x'.repeat(40))
  vault.capacity = 60
  t.equal(await codeOf(upload.write(Buffer.from('y'.repeat(40)))), 'disk-full')
  await upload.breakOff()
  t.match(uploadsHeard(ears.anna), [{ state: 'broken', received: 57, size: 80 }], 'what is there is kept')
  t.equal(
    await codeOf(world.uploads.begin(ticket.token, { size: 80, offset: 57 })),
    'disk-full',
    'still full',
  )
  await t.resolves(world.say(bob, tea, 'chat goes on'))
  vault.capacity = 200
  await theirs.write(Buffer.from(' so far'))
  t.match(await theirs.finish(), { sha256: sha256('fit so far') })
  const rest = await begun(world, ticket, 80, 'y'.repeat(23), 57)
  t.match(await rest.finish(), { sha256: sha256('x'.repeat(40) + 'y'.repeat(40)) })
})

t.test('what cannot be stored is announced to nobody, and can be finished later', async (t) => {
  for (const size of [5, undefined]) {
    const scene = await fileScene()
    const { world, anna, tea, store, ears } = scene
    const ticket = await world.tickets.offer(anna, tea, 'a')
    const upload = await begun(world, ticket, size, 'hello')
    const { length } = store.messages
    store.failing = true
    t.equal(await codeOf(upload.finish()), 'StoreUnavailable')
    await upload.breakOff()
    t.same([...filesHeard(ears.anna), ...filesHeard(ears.bob)], [])
    t.same(world.files.list(scene.bob, undefined), [])
    t.equal(
      await codeOf(world.uploads.begin(ticket.token, { size: 5, offset: size ?? 0 })),
      'StoreUnavailable',
    )
    store.failing = false
    t.equal(store.messages.length, length)
    // Of a known size nothing is missing; otherwise all of it has to come again.
    const again = await begun(world, ticket, 5, size === undefined ? 'hello' : '', size ?? 0)
    t.match(await again.finish(), { size: 5, sha256: sha256('hello') })
    t.equal(filesHeard(ears.bob).length, 1)
    t.equal(store.messages.length, length + 1)
  }
})

t.test('a ticket that cannot be stored is none', async (t) => {
  const { world, anna, tea, store } = await fileScene({ settings: { 'files.uploadsPerAccount': 1 } })
  store.failing = true
  t.equal(await codeOf(world.tickets.offer(anna, tea, 'a')), 'StoreUnavailable')
  store.failing = false
  t.same(world.tickets.uploads(anna), [])
  await t.resolves(world.tickets.offer(anna, tea, 'a'), 'and does not count')
})
