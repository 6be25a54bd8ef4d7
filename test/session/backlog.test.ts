import t from 'tap'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'
import { Scene } from './scene.ts'

const limits = { 'limits.messagesPerSecond': 1, 'limits.burst': 5, 'limits.addressBurst': 100 }
const pasted = Array.from({ length: 30 }, (_, index) => `pasted ${index}`)

async function typist(scene: Scene, name: string) {
  const { session, ends } = scene.connect()
  const send = async (...lines: string[]) => {
    for (const text of lines) session.receive({ text })
    await scene.rest()
    return ends.take()
  }
  const pass = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      scene.clock.advance(1000)
      await scene.rest()
    }
    return ends.take()
  }
  await send(`/nick ${name}`)
  await pass(10)
  return { session, ends, send, pass }
}

const saidBy = (lines: readonly string[]) => lines.filter((line) => line.includes('<~anna>')).length

t.test('a paste by mistake is told, and /cancel drops what waits of it', async (t) => {
  const scene = await Scene.set([], limits)
  const bob = await typist(scene, 'bob')
  const anna = await typist(scene, 'anna')
  bob.ends.take()
  t.same(await anna.send(...pasted), ['* 25 lines of yours wait for their turn. /cancel drops them.'])
  t.same(await anna.pass(2), [], 'once')
  t.same(await anna.send('/cancel'), ['* The 23 lines that waited went nowhere.'])
  t.same(await anna.send('sorry'), [])
  await anna.pass(5)
  const read = bob.ends.take()
  t.equal(saidBy(read), 8)
  t.match(read.at(-1), /<~anna> sorry$/, 'and what is typed behind it is said')
  t.same(await anna.send('/cancel'), ['* There is no question to cancel.'])
  await anna.pass(20)
  t.match(await anna.send(...pasted), [/25 lines of yours wait/], 'and the next time it is told again')
})

t.test('fewer are not told, and can be dropped all the same', async (t) => {
  const scene = await Scene.set([], limits)
  const anna = await typist(scene, 'anna')
  t.same(await anna.send(...pasted.slice(0, 12)), [])
  t.same(await anna.send('／cancel '), ['* The 7 lines that waited went nowhere.'])
})

t.test('a /cancel that came with the paste is found in it, but not past a command', async (t) => {
  const scene = await Scene.set([], limits)
  const bob = await typist(scene, 'bob')
  const anna = await typist(scene, 'anna')
  bob.ends.take()
  t.same(await anna.send(...pasted, '/cancel'), ['* The 25 lines that waited went nowhere.'])
  await anna.pass(30)
  t.equal(saidBy(bob.ends.take()), 5)
  await anna.send(...pasted.slice(0, 6), '/signup', '/cancel', 'said')
  await anna.pass(30)
  t.equal(saidBy(bob.ends.take()), 7, 'that was for the question')
})

t.test('what belongs to a command is dropped with it', async (t) => {
  const scene = await Scene.set([], limits)
  const bob = await typist(scene, 'bob')
  const anna = await typist(scene, 'anna')
  bob.ends.take()
  const [asked, told] = await anna.send('/paste', ...pasted)
  t.match(asked, /^\* Paste/)
  t.match(told, /lines of yours wait for their turn/)
  t.match(await anna.send('/cancel'), [/^\* The \d+ lines that waited went nowhere/])
  t.match((await anna.pass(5)).join(' '), /^! Cancelled/)
  await anna.send('hello')
  t.same(bob.ends.take(), ['[18:00] #lobby <~anna> hello'])
})

t.test('a program has its lines done in their order', async (t) => {
  const scene = await Scene.set([], limits)
  const bob = await typist(scene, 'bob')
  const anna = await typist(scene, 'anna')
  await anna.send('/format json')
  await anna.send(...pasted)
  const answers = [...(await anna.send('/cancel')), ...(await anna.pass(40))]
  t.equal(saidBy(bob.ends.take()), 30)
  t.equal(answers.filter((line) => line.includes('"note"')).length, 0)
  t.match(answers.at(-1), '"command":"cancel"')
})

t.test('more than a session takes: /cancel is behind all of it', async (t) => {
  const server = await TestServer.start({ directory: directoryFor(t), config: limits })
  t.teardown(() => server.stop())
  const bob = await server.connect()
  bob.send('/nick bob')
  const anna = await server.connect()
  anna.send('/nick anna')
  await server.activity.until(() => anna.lines.length >= 3)
  for (let second = 0; second < 20; second++) server.clock.advance(1000)
  anna.takeLines()
  const many = Array.from({ length: 2000 }, (_, index) => `pasted ${index}\r\n`)
  anna.write(many.slice(0, 1000).join(''))
  await server.activity.quiet()
  anna.write(many.slice(1000).join(''))
  await server.activity.quiet()
  anna.write('/cancel\r\n')
  await server.activity.until(() => anna.raw.includes('went nowhere'))
  const [told = '', dropped = ''] = anna.takeLines()
  t.match(told, /^\* 99\d lines of yours wait/)
  t.match(dropped, /^\* The 199\d lines that waited went nowhere/)
  anna.write('sorry\r\n')
  for (let second = 0; second < 20; second++) {
    server.clock.advance(1000)
    await server.activity.quiet()
  }
  const said = bob.lines.filter((line) => line.includes('<~anna>'))
  t.ok(said.length < 10)
  t.match(said.at(-1), /sorry$/)
})
