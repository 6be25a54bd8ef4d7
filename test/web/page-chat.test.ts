import t, { type Test } from 'tap'
import { typedIn } from '../../server/web/page/chat/typed.ts'
import { waitingCount } from '../../server/web/page/state/unread.ts'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'
import { PageClient } from './page-client.ts'
import { withPage } from './web-client.ts'

async function start(t: Test, config: Readonly<Record<string, unknown>> = {}): Promise<TestServer> {
  const server = await TestServer.start({ directory: directoryFor(t), config: { ...withPage, ...config } })
  t.teardown(() => server.stop())
  return server
}

function ends(t: Test, ...pages: readonly PageClient[]): void {
  t.teardown(() => {
    for (const page of pages) page.chat.goOffline()
  })
}

t.test('a hundred breaks while a thousand messages come: each once, in order', async (t) => {
  const server = await start(t)
  const anna = await PageClient.signedUp(server, 'anna')
  ends(t, anna)
  await anna.look('#lobby')
  const bob = await server.connect()
  bob.send('/format json')
  bob.send('/nick bob')
  const expected: string[] = []
  for (let round = 0; round < 100; round++) {
    for (let line = 0; line < 10; line++) {
      const text = `line ${round * 10 + line}`
      expected.push(text)
      bob.send(text)
    }
    // In the middle of what comes, in the middle of coming back, and in quiet.
    const moments = [5, 40, 300]
    await server.activity.until(() => false, moments[round % moments.length])
    anna.cut()
  }
  await anna.until(() => anna.place('#lobby').log.atEnd && anna.texts('#lobby').length >= expected.length)
  await server.activity.quiet()
  t.same(anna.texts('#lobby'), expected)
  t.ok(anna.opened > 100)
})

t.test('what one says while the connection breaks is said once', async (t) => {
  const server = await start(t)
  const anna = await PageClient.signedUp(server, 'anna')
  ends(t, anna)
  await anna.look('#lobby')
  const bob = await server.connect()
  bob.send('/nick bob')
  await server.activity.quiet()
  bob.takeLines()
  const expected: string[] = []
  for (let round = 0; round < 30; round++) {
    const text = `mine ${round}`
    expected.push(text)
    anna.chat.saying.say('#lobby', text)
    await server.activity.until(() => false, (round * 7) % 30)
    anna.cut()
  }
  await anna.until(() => anna.chat.state.pending.length === 0 && anna.chat.state.link.state === 'open')
  await anna.until(() => anna.place('#lobby').log.atEnd)
  await server.activity.quiet()
  const heard = bob.takeLines().flatMap((line) => /<anna> (mine \d+)$/.exec(line)?.[1] ?? [])
  t.same([...heard].sort(), [...expected].sort(), 'the others read each once')
  t.same([...anna.texts('#lobby')].sort(), [...expected].sort(), 'and oneself does')
})

t.test('unread and mentions, over a reload and beside another device', async (t) => {
  const server = await start(t)
  const anna = await PageClient.signedUp(server, 'anna')
  const bob = await PageClient.signedUp(server, 'bob')
  const second = PageClient.reloaded(server, anna)
  await second.until(() => second.chat.state.me !== undefined)
  ends(t, anna, bob, second)
  bob.chat.saying.say('#lobby', 'hello')
  bob.chat.saying.say('#lobby', 'are you there, @anna?')
  bob.chat.saying.say('anna', 'psst')
  const counts = (page: PageClient) => {
    const { count, mentions } = page.place('#lobby').unread
    return [count, mentions, page.place('bob').unread.count, waitingCount(page.chat.state)]
  }
  const isThere = (page: PageClient) => page.chat.state.places.has('bob')
  await anna.until(() => isThere(anna) && isThere(second))
  await server.activity.quiet()
  t.same(counts(anna), [2, 1, 1, 2])
  t.same(counts(second), [2, 1, 1, 2])
  t.same(
    anna.calls.map(({ text, place }) => [place, text]),
    [
      ['#lobby', 'are you there, @anna?'],
      ['bob', 'psst'],
    ],
  )
  const third = PageClient.reloaded(server, anna)
  ends(t, third)
  await third.until(() => isThere(third))
  t.same(counts(third), [2, 1, 1, 2], 'as the server counts them')
  await anna.look('#lobby')
  t.equal(anna.place('#lobby').newFrom, 0, 'the line of the new stands in front of the first')
  const last = anna.place('#lobby').log.messages.at(-1)?.id ?? 0
  anna.chat.reading.seen('#lobby', last)
  t.equal(anna.place('#lobby').unread.count, 0)
  await second.until(() => second.place('#lobby').unread.count === 0)
  t.same(counts(second), [0, 0, 1, 1], 'what is read on one device is read on the other')
  await anna.chat.act(`/unread #lobby ${last}`)
  await second.until(() => second.place('#lobby').unread.count === 1)
  t.same(counts(anna), [1, 1, 1, 2], 'and what is kept for later is unread on both')
})

t.test('a terminal beside the page reads for it', async (t) => {
  const server = await start(t)
  const anna = await PageClient.signedUp(server, 'anna')
  const bob = await PageClient.signedUp(server, 'bob')
  ends(t, anna, bob)
  const terminal = await server.connect()
  terminal.send("/login anna anna's password")
  await server.activity.quiet()
  bob.chat.saying.say('#lobby', 'hello')
  await anna.until(() => anna.place('#lobby').unread.count === 1)
  terminal.send('/ping')
  await anna.until(() => anna.place('#lobby').unread.count === 0)
  t.pass('what the terminal has shown is read here, too')
})

t.test('what is unread in a channel counts again when it is quiet no more', async (t) => {
  const server = await start(t)
  const anna = await PageClient.signedUp(server, 'anna')
  const bob = await PageClient.signedUp(server, 'bob')
  bob.chat.saying.say('#lobby', 'before')
  await anna.until(() => anna.place('#lobby').unread.count === 1)
  t.ok(await anna.chat.act('/quiet #lobby all'))
  const second = PageClient.reloaded(server, anna)
  await second.until(() => second.chat.state.me !== undefined)
  ends(t, anna, bob, second)
  bob.chat.saying.say('#lobby', 'spared')
  bob.chat.saying.say('#lobby', 'for @anna')
  await second.until(() => second.place('#lobby').unread.mentions === 1)
  t.match(second.place('#lobby').unread, { count: 1, mentions: 1 })
  t.ok(await second.chat.act('/quiet #lobby off'))
  await second.until(() => second.place('#lobby').unread.count === 2)
  t.match(second.place('#lobby').unread, { count: 2, mentions: 1 }, 'but not what one was spared')
})

t.test('what another connection of one enters is here, as what it is', async (t) => {
  const server = await start(t)
  const anna = await PageClient.signedUp(server, 'anna')
  const bob = await PageClient.signedUp(server, 'bob')
  ends(t, anna, bob)
  const terminal = await server.connect()
  terminal.send("/login anna anna's password")
  terminal.send('/create #tea private bob')
  terminal.send('/join #made')
  await anna.until(() => anna.chat.state.places.has('#made') && anna.place('#tea').isPrivate === true)
  await anna.until(() => anna.place('#made').role === 'admin')
  await bob.until(() => bob.chat.state.requests.length === 1)
  await bob.chat.act(`/accept ${bob.chat.state.requests[0]?.request}`)
  await bob.until(() => bob.place('#tea').isPrivate === true)
  t.pass('who accepts sees that it is private')
})

t.test('a notice is told at once, and stays until it is put away', async (t) => {
  const server = await start(t)
  const anna = await PageClient.signedUp(server, 'anna')
  ends(t, anna)
  await server.makeOperator('root', "root's password")
  const operator = await server.connect()
  operator.send("/login root root's password")
  operator.send('/notice down at six')
  await anna.until(() => anna.chat.state.toasts.length === 1)
  for (const text of ['1', '2', '3', '4', '5']) anna.chat.toast(text)
  const [notice] = anna.chat.state.toasts
  t.match(notice, { kind: 'notice', text: /down at six/ }, 'what comes and goes does not push it away')
  t.equal(waitingCount(anna.chat.state), 1)
  t.same(
    anna.calls.map(({ place, text }) => [place, text]),
    [[undefined, 'down at six']],
  )
  anna.chat.untoast(notice?.number ?? 0)
  t.equal(waitingCount(anna.chat.state), 0)
})

t.test('scrolling back to the first of many, and to one of them', async (t) => {
  const server = await start(t)
  const bob = await server.connect()
  bob.send('/nick bob')
  for (let line = 0; line < 950; line++) bob.send(`line ${line}`)
  const anna = await PageClient.signedUp(server, 'anna')
  ends(t, anna)
  await server.activity.quiet()
  await anna.look('#lobby')
  t.equal(anna.texts('#lobby').at(-1), 'line 949')
  while (anna.place('#lobby').log.before !== 'start') await anna.chat.loading.older('#lobby')
  t.same(
    anna.texts('#lobby'),
    Array.from({ length: 950 }, (_, line) => `line ${line}`),
  )
  const middle = anna.place('#lobby').log.messages[400]?.id ?? 0
  await anna.chat.loading.around('#lobby', middle)
  t.notOk(anna.place('#lobby').log.atEnd)
  t.match(anna.texts('#lobby'), /line 400/)
  bob.send('live')
  await server.activity.quiet()
  t.notMatch(anna.texts('#lobby').join(), /live/, 'what is said now does not follow what was said then')
  while (!anna.place('#lobby').log.atEnd) await anna.chat.loading.newer('#lobby')
  t.same(anna.texts('#lobby').slice(-2), ['line 949', 'live'])
  const all = anna.texts('#lobby')
  t.equal(new Set(all).size, all.length)
})

t.test('edited, deleted and forgotten while one was away', async (t) => {
  const server = await start(t)
  const anna = await PageClient.signedUp(server, 'anna')
  const bob = await PageClient.signedUp(server, 'bob')
  ends(t, anna, bob)
  await anna.look('#lobby')
  for (const text of ['one', 'two', 'three']) bob.chat.saying.say('#lobby', text)
  await anna.until(() => anna.texts('#lobby').length === 3)
  const [first, second] = anna.place('#lobby').log.messages
  anna.chat.goOffline()
  await server.activity.quiet()
  await bob.chat.act(`/edit ${first?.id} ONE`)
  await bob.chat.act(`/delete ${second?.id}`)
  bob.chat.saying.say('#lobby', 'four')
  await server.activity.quiet()
  anna.chat.comeBack()
  await anna.until(() => anna.chat.state.link.state === 'open' && anna.place('#lobby').log.atEnd)
  t.same(anna.texts('#lobby'), ['ONE', 'three', 'four'])
})

t.test('invitations, private talks and roles', async (t) => {
  const server = await start(t)
  const anna = await PageClient.signedUp(server, 'anna')
  const bob = await PageClient.signedUp(server, 'bob')
  ends(t, anna, bob)
  t.same(await typedIn(anna.chat, '#lobby', '/create #tea private bob'), { place: '#tea' })
  await bob.until(() => bob.chat.state.requests.length === 1)
  const [request] = bob.chat.state.requests
  t.match(request, { channel: '#tea', by: 'anna' })
  t.ok(await bob.chat.act(`/accept ${request?.request}`))
  t.equal(bob.chat.state.requests.length, 0)
  await anna.look('#tea')
  await anna.until(() => anna.place('#tea').people?.has('bob') === true)
  await bob.look('#tea')
  t.ok(await anna.chat.act('/promote #tea bob'))
  await bob.until(() => bob.place('#tea').people?.get('bob')?.role === 'moderator')
  t.equal(anna.place('#tea').people?.get('bob')?.role, 'moderator')
  t.ok(await anna.chat.act('/transfer #tea bob'))
  await bob.until(() => bob.place('#tea').people?.get('bob')?.role === 'admin')
  t.equal(bob.place('#tea').people?.get('anna')?.role, undefined)
  t.equal(anna.place('#tea').role, undefined)
  t.ok(await bob.chat.act('/remove #tea anna too loud'))
  await anna.until(() => anna.place('#tea').gone !== undefined)
  t.match(anna.place('#tea').gone, /bob has removed you from #tea: too loud/)

  await anna.chat.act('/chat bob')
  await bob.until(() => bob.chat.state.talks.askedBy.length === 1)
  await bob.chat.act('/chat anna')
  await anna.until(() => anna.chat.state.talks.paired === 'bob')
  t.equal(bob.chat.state.talks.paired, 'anna')
  await anna.chat.act('/end')
  await bob.until(() => bob.chat.state.talks.paired === undefined)
})

t.test('the last one in a channel is asked before it is gone', async (t) => {
  const server = await start(t)
  const anna = await PageClient.signedUp(server, 'anna')
  ends(t, anna)
  await anna.chat.command('/create #tea')
  anna.chat.saying.say('#tea', 'only me here')
  await anna.until(() => anna.texts('#tea').length === 1)
  const leaving = anna.chat.command('/leave #tea')
  await anna.until(() => anna.chat.state.question !== undefined)
  t.match(anna.chat.state.question?.text, /Nobody else is in #tea/)
  anna.chat.answer(undefined)
  t.match(await leaving, { ok: false })
  const again = anna.chat.command('/leave #tea')
  await anna.until(() => anna.chat.state.question !== undefined)
  anna.chat.answer('')
  t.match(await again, { ok: true })
  t.notOk(anna.chat.state.places.has('#tea'))
})

t.test('wrong passwords, a first password, a recovery, a guest', async (t) => {
  const server = await start(t)
  await server.makeOperator('root', "root's password")
  const page = new PageClient(server)
  ends(t, page)
  page.chat.start()
  await page.until(() => page.chat.state.known)
  t.match(await page.chat.logIn('root', 'not it'), { error: { code: 'bad-login' } })
  t.match(await page.chat.logIn('root', "root's password"), { data: { name: 'root' } })
  const made = await page.chat.request({ line: '/adduser carl' }, async () => 'first one')
  t.match(made, { ok: true })
  await page.chat.logOut()
  await page.until(() => page.chat.state.link.state === 'open' && page.chat.state.server !== undefined)
  t.equal(page.chat.state.me, undefined)

  const entering = page.chat.logIn('carl', 'first one')
  await page.until(() => page.chat.state.question !== undefined)
  t.match(page.chat.state.question, { secret: true, twice: true })
  page.chat.answer('my own password')
  t.match(await entering, { data: { name: 'carl' } })
  await page.chat.logOut()
  await page.until(() => page.chat.state.link.state === 'open')

  const { recoveryCode } = (made.ok ? made.data : {}) as { recoveryCode?: string }
  t.match(await page.chat.recover('carl', `${recoveryCode}`, 'another one', 'another one'), {
    data: { name: 'carl' },
  })
  t.ok(page.chat.state.recoveryCode)
  t.not(page.chat.state.recoveryCode, recoveryCode)
  await page.chat.logOut()
  await page.until(() => page.chat.state.link.state === 'open')
  t.equal(page.chat.state.recoveryCode, undefined)

  t.match(await page.chat.asGuest('dora'), { data: { name: '~dora' } })
  t.match(page.chat.state.me, { name: '~dora', guest: true })
  page.cut()
  await page.until(() => page.chat.state.link.state === 'lost')
  await page.until(() => page.chat.state.link.state === 'open' && page.chat.state.me?.name === '~dora')
  t.pass('a guest comes back under the same nick')
})
