import { Socket } from 'node:net'
import t from 'tap'
import { SocketConnection } from '../../server/net/socket-connection.ts'
import { SocketWriter } from '../../server/net/socket-output.ts'
import { Transfers } from '../../server/net/transfers.ts'
import { Session } from '../../server/session/session.ts'
import { withoutQuestions } from '../editor/emulator.ts'
import { Scene } from './scene.ts'

/* Who does not read while the server edits their line. */

/** A socket whose peer takes bytes when the test says so. */
class HeldSocket extends Socket {
  reads = true
  text = ''
  #held: (() => void)[] = []

  override _read(): void {
    // What it sends is pushed.
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#take([chunk], done)
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: () => void): void {
    this.#take(
      chunks.map(({ chunk }) => chunk),
      done,
    )
  }

  #take(chunks: readonly Buffer[], done: () => void): void {
    const take = () => {
      this.text += Buffer.concat(chunks).toString()
      done()
    }
    if (this.reads) take()
    else this.#held.push(take)
  }

  /** The peer reads on. */
  readOn(): void {
    this.reads = true
    for (const take of this.#held.splice(0)) take()
  }
}

const text = 'x'.repeat(4000)

async function set(overrides: Readonly<Record<string, number>>) {
  const scene = await Scene.set([], { 'limits.burst': 0, ...overrides })
  const { session: anna } = scene.connect()
  anna.receive({ text: '/nick anna' })
  /** Somebody at a terminal that sends each key; `edits`: with the editor. */
  const come = async (name: string, edits: boolean) => {
    const socket = new HeldSocket()
    t.teardown(() => socket.destroy())
    new SocketConnection(
      socket,
      {
        address: '192.0.2.9',
        number: 2,
        secure: false,
        relayed: false,
        place: { host: 'chat.example.org', port: 6667 },
        telnet: false,
        greetingDelayMs: 100,
        over: () => undefined,
      },
      {
        clock: scene.clock,
        faults: scene.parts.faults,
        session: (connection) => new Session(scene.parts, connection),
        writer: new SocketWriter(),
        transfers: Object.create(Transfers.prototype),
      },
    )
    if (edits) socket.push('/editor on\r')
    await scene.rest()
    socket.push(`/nick ${name}\r`)
    await scene.rest()
    return socket
  }
  const say = async () => {
    anna.receive({ text })
    await scene.rest()
  }
  return { scene, come, say }
}

t.test('while bytes wait the row is not drawn, and then once', async (t) => {
  const { come, say, scene } = await set({})
  const bob = await come('bob', true)
  bob.push('half a li')
  await scene.rest()
  t.ok(withoutQuestions(bob.text).endsWith('#lobby> half a li'), bob.text)
  bob.reads = false
  bob.text = ''
  while (!bob.writableNeedDrain) await say()
  for (let count = 0; count < 50; count++) await say()
  const waiting = bob.writableLength
  bob.push('ne\u0001\u0005\u0001\u0005')
  await scene.rest()
  t.equal(bob.writableLength, waiting, 'keys write nothing')
  bob.readOn()
  await scene.rest()
  const rows = bob.text.split('#lobby> half a li').length - 1
  t.ok(rows <= 10, `${rows} rows were drawn for ${bob.text.length} bytes`)
  const last = bob.text.slice(bob.text.lastIndexOf(text) + text.length)
  t.equal(last, '\r\n#lobby> half a line', 'with what was typed meanwhile')
})

t.test('a flood costs a reader with the editor no more than one without', async (t) => {
  const { come, say, scene } = await set({ 'limits.sendQueueBytes': 262_144 })
  const [bob, dave] = [await come('bob', true), await come('dave', false)]
  bob.push('half a li')
  await scene.rest()
  for (const socket of [bob, dave]) socket.reads = false
  let most = 0
  const lasted = new Map<HeldSocket, number>()
  for (let count = 0; count < 100; count++) {
    for (const socket of [bob, dave]) if (!socket.destroyed) lasted.set(socket, count)
    if (!bob.destroyed && !dave.destroyed) {
      const more = bob.writableLength - dave.writableLength
      t.ok(Math.abs(more) < 1024, `${more} bytes more wait`)
      most = Math.max(most, bob.writableLength)
    }
    await say()
  }
  t.ok(bob.destroyed && dave.destroyed, 'both are cut off')
  const [longer = 0, shorter = 0] = [lasted.get(dave), lasted.get(bob)]
  t.ok(longer - shorter <= 1, `after ${shorter} and ${longer} messages`)
  t.ok(most > 200_000 && most <= 262_144, `with ${most} bytes that waited`)
})

t.test('keys that write by themselves are counted, too', async (t) => {
  const { come, scene } = await set({ 'limits.sendQueueBytes': 65_536 })
  const bob = await come('bob', true)
  bob.reads = false
  let most = 0
  for (let count = 0; count < 2_000 && !bob.destroyed; count++) {
    bob.push('\u000c'.repeat(100))
    scene.clock.advance(1_000)
    await scene.rest()
    most = Math.max(most, bob.writableLength)
  }
  t.ok(bob.destroyed, 'Ctrl-L empties the screen each time')
  t.ok(most <= 65_536 + 4_096, `${most} bytes waited`)
})
