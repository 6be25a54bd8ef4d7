import t from 'tap'
import { Admission, type Admitted, type Arrival, type Served } from '../../server/admission/admission.ts'
import { type Refusal, refusalText } from '../../server/admission/refusal.ts'
import { Scene } from '../session/scene.ts'
import { testConfig } from '../support/server.ts'

/* Everything here is without a socket: whatever can say no and end may come in. */

/** Somebody at a door of any kind. */
class Caller implements Arrival {
  refusal: Refusal | undefined
  cuts = 0
  onCut: () => void = () => undefined

  refuse(refusal: Refusal): void {
    this.refusal = refusal
  }

  cut(): void {
    this.cuts++
    this.onCut()
  }
}

/** One who reads a refusal as the status of an answer over HTTP. */
class HttpCaller extends Caller {
  status = 0

  override refuse({ why }: Refusal): void {
    this.status = { banned: 403, full: 503, address: 429, proxy: 400 }[why]
  }
}

/** A connection in memory that ends as it is told. */
class Line implements Served {
  isMember = false
  readonly dialect = 'json'
  readonly encrypted = true
  readonly queuedBytes = 0
  readonly farewell = { user: 'anna', why: 'quit' }
  readonly ended: string[] = []
  reloads = 0
  readonly #admitted: Admitted
  readonly #stubborn: boolean

  /** A stubborn one tells its end, and stays. */
  constructor(admitted: Admitted, stubborn = false) {
    this.#admitted = admitted
    this.#stubborn = stubborn
    admitted.serve(this)
  }

  reconfigured(): void {
    this.reloads++
  }

  close(reason: string): void {
    this.ended.push(`close: ${reason}`)
    if (!this.#stubborn) this.#admitted.leave()
  }

  drop(reason: string): void {
    this.ended.push(`drop: ${reason}`)
    this.#admitted.leave()
  }
}

async function begin(limits: Readonly<Record<string, number>> = {}) {
  const scene = await Scene.set()
  const banned = new Set<string>()
  const { log } = scene.parts
  const admission = new Admission({
    ...{ clock: scene.clock, counts: scene.counts, log },
    limits: { ...testConfig('nowhere').limits, ...limits },
    isBanned: (address) => banned.has(address),
  })
  const come = (address: string, caller = new Caller()) => {
    const admitted = admission.admit(caller, address)
    return { caller, admitted }
  }
  const enter = (address: string): Admitted => {
    const { admitted } = come(address)
    if (!admitted) throw new Error(`${address} was sent away`)
    return admitted
  }
  return { scene, admission, banned, come, enter }
}

t.test('who may not come in is told why, in words or otherwise', async (t) => {
  const { admission, banned, come, enter, scene } = await begin({
    connections: 3,
    connectionsPerAddress: 1,
  })
  banned.add('192.0.2.66')
  t.same(come('192.0.2.66').caller.refusal, { why: 'banned' })
  enter('192.0.2.1')
  t.same(come('192.0.2.1').caller.refusal, { why: 'address', limit: 1 })
  const overHttp = new HttpCaller()
  t.equal(come('192.0.2.1', overHttp).admitted, undefined)
  t.equal(overHttp.status, 429)
  enter('192.0.2.2')
  enter('192.0.2.3')
  t.same(come('192.0.2.4').caller.refusal, { why: 'full' })
  t.equal(admission.expect(overHttp, '127.0.0.1'), undefined)
  t.equal(overHttp.status, 503, 'a proxy is full, too')
  t.equal(admission.size, 3)
  t.same([scene.counts.accepted, scene.counts.mostConnections, scene.counts.refused.total], [3, 3, 5])
  const warnings = scene.logged.filter(({ level }) => level === 'warn')
  t.same(
    warnings.map(({ message }) => message),
    [
      'banned address',
      'too many connections from address',
      'too many connections from address',
      'server full',
      'server full',
    ],
  )
  for (const why of ['banned', 'full', 'proxy'] as const) t.match(refusalText({ why }), /^[A-Z].*\.$/)
  t.match(refusalText({ why: 'address', limit: 7 }), /7/)
})

t.test('a place is free when it is left, once', async (t) => {
  const { admission, come, enter, scene } = await begin({ connections: 2, connectionsPerAddress: 1 })
  const first = enter('192.0.2.1')
  first.leave()
  first.leave()
  const second = enter('192.0.2.1')
  t.equal(second.number, 2)
  t.ok(come('192.0.2.1').caller.refusal, 'leaving twice has not made room for two')
  new Line(second).drop('enough')
  await undefined
  t.equal(admission.size, 0)
  t.match(
    scene.logged.filter(({ message }) => message === 'disconnected'),
    [
      { fields: { address: '192.0.2.1', connection: 1, user: undefined, why: 'it spoke no chat' } },
      { fields: { address: '192.0.2.1', connection: 2, user: 'anna', why: 'quit' } },
    ],
  )
})

t.test('who has logged in leaves the place to others', async (t) => {
  const { come, enter } = await begin({ connectionsPerAddress: 1, membersPerAddress: 2 })
  const one = new Line(enter('192.0.2.1'))
  t.ok(come('192.0.2.1').caller.refusal)
  one.isMember = true
  const two = new Line(enter('192.0.2.1'))
  two.isMember = true
  t.ok(come('192.0.2.1').caller.refusal, 'up to a limit')
})

t.test('one behind a proxy counts while its address is unknown, and is no address of its own', async (t) => {
  const { admission, banned, scene } = await begin({ connections: 1 })
  const caller = new Caller()
  const expected = admission.expect(caller, '127.0.0.1')
  t.equal(admission.size, 1)
  t.same(admission.connections, [])
  t.equal(scene.counts.accepted, 0)
  t.equal(admission.expect(new Caller(), '127.0.0.1'), undefined)
  expected?.leave()
  banned.add('192.0.2.7')
  t.equal(admission.admit(caller, '192.0.2.7'), undefined)
  t.same(caller.refusal, { why: 'banned' })
  t.equal(admission.size, 0)
})

t.test('a ban ends what is there from that address, served or not', async (t) => {
  const { admission, banned, come, enter } = await begin()
  const bad = new Line(enter('192.0.2.7'), true)
  const good = new Line(enter('192.0.2.8'))
  const { caller } = come('192.0.2.7')
  const expected = new Caller()
  admission.expect(expected, '192.0.2.7')
  banned.add('192.0.2.7')
  admission.dropBanned()
  t.same(bad.ended, ['drop: this address is banned'])
  t.same(good.ended, [])
  t.equal(caller.cuts, 1)
  t.equal(expected.cuts, 0, 'a proxy is nobody')
})

t.test('draining ends all, waits for the slow ones, and lets nobody in', async (t) => {
  const { admission, come, enter, scene } = await begin()
  const quick = new Line(enter('192.0.2.1'))
  const { admitted, caller } = come('192.0.2.2')
  caller.onCut = () => admitted?.leave()
  const slow = come('192.0.2.3')
  const file = new Line(slow.admitted as Admitted, true)
  slow.caller.onCut = () => slow.admitted?.leave()
  let over = false
  const drained = admission.drain('the server stops', 2_000).then(() => {
    over = true
  })
  t.same([quick.ended, file.ended], [['close: the server stops'], ['close: the server stops']])
  t.equal(caller.cuts, 1, 'who has said nothing is told nothing')
  const late = new Caller()
  t.equal(come('192.0.2.4', late).admitted, undefined)
  t.equal(admission.expect(late, '127.0.0.1'), undefined)
  t.same([late.cuts, late.refusal], [2, undefined])
  scene.clock.advance(1_999)
  await undefined
  t.notOk(over)
  scene.clock.advance(1)
  await drained
  t.equal(slow.caller.cuts, 1)
  t.equal(admission.size, 0)
  const none = await begin()
  await none.admission.drain('nobody is there', 2_000)
})

t.test('a session in memory is a connection like all others', async (t) => {
  const { admission, enter, scene } = await begin()
  const admitted = enter('192.0.2.7')
  const { session, ends } = scene.connect()
  admitted.serve({
    dialect: session.dialect,
    encrypted: false,
    queuedBytes: ends.queuedBytes,
    get isMember() {
      return session.isMember
    },
    get farewell() {
      return session.farewell
    },
    reconfigured: () => session.reconfigured(),
    close: (reason) => session.close(reason),
    drop: (reason) => session.close(reason),
  })
  for (const text of ['/signup anna', 'password', 'password']) session.receive({ text })
  await scene.rest()
  t.ok(admission.connections[0]?.isMember)
  const drained = admission.drain('the server stops', 2_000)
  t.equal(ends.gone, 'ended')
  t.match(ends.take().at(-1), /the server stops/)
  await session.closed(true)
  admitted.leave()
  await drained
  t.match(
    scene.logged.filter(({ message }) => message === 'disconnected'),
    [{ fields: { user: 'anna', why: 'the server stops' } }],
  )
})
