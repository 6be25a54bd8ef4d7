import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import type { Counts } from '../../server/chat/machine/counts.ts'
import { makeCertificate } from '../support/certificate.ts'
import { directoryFor } from '../support/directory.ts'
import { MemoryStore } from '../support/memory-store.ts'
import { TestServer } from '../support/server.ts'
import { originOf, withPage } from '../web/web-client.ts'

/*
 * The rule: a connection may end while any question is open, in any way, and that is an ordinary end: the question is
 * cancelled. It is no internal error, nothing is logged as an error, and nobody else notices.
 */

t.setTimeout(160_000)

const password = 'good enough'

interface Open {
  /** What is typed up to the question; `NAME` is the person's own name, `OTHER` that of somebody else. */
  readonly lines: readonly string[]
  /** What it says. */
  readonly asks: string
  /** Nobody has logged in; a program is not asked that. */
  readonly visitor?: true
  readonly operator?: true
  readonly typedOnly?: true
}

const questions: Readonly<Record<string, Open>> = {
  'the name to log in with': { visitor: true, lines: ['/login'], asks: 'Name or number' },
  'the password of one there is': { visitor: true, lines: ['/login OTHER'], asks: 'Password' },
  'that of nobody': { visitor: true, lines: ['/login nobody'], asks: 'Password' },
  'a new name': { visitor: true, lines: ['/signup'], asks: 'Name' },
  'an address of e-mail': { visitor: true, lines: ['/signup', 'NAME'], asks: 'E-mail' },
  'a first password': { visitor: true, lines: ['/signup NAME'], asks: 'Password' },
  'it again': { visitor: true, lines: ['/signup NAME', password], asks: 'Password again' },
  'what a visitor wants': { visitor: true, lines: ['/menu'], asks: 'Your choice' },
  'the name of a guest': { visitor: true, lines: ['/menu', '3'], asks: 'Your name' },
  'the name behind a menu': { visitor: true, lines: ['/menu', '2'], asks: 'Name or number' },
  'the present password': { lines: ['/passwd'], asks: 'Present password' },
  'the new one': { lines: ['/passwd', password], asks: 'New password' },
  'the new one again': { lines: ['/passwd', password, 'another good one'], asks: 'New password again' },
  'the password that deletes an account': { lines: ['/deleteaccount'], asks: 'Password, to delete' },
  'rows to say': { lines: ['/paste'], asks: 'Paste what to say' },
  'more rows': { lines: ['/paste', 'one', 'two', '/ping rows'], asks: 'Paste what to say' },
  'rows of a file': { lines: ['/filepaste x.txt', 'one'], asks: 'Paste' },
  'the next choice': { lines: ['/menu'], asks: 'Your choice' },
  'the name of a group': { lines: ['/menu', '1'], asks: 'Name of the group' },
  'whether it is private': { lines: ['/menu', '1', '#NAME'], asks: 'Private' },
  'what to say by the menu': { lines: ['/menu', '8', 'bob'], asks: 'Message' },
  'whether to end a channel': {
    typedOnly: true,
    lines: ['/create #NAME', 'what was said', '/leave #NAME'],
    asks: 'yes or no',
  },
  'whether to make it public': {
    typedOnly: true,
    lines: ['/create #NAME private', '/private #NAME off'],
    asks: 'yes or no',
  },
  'who is meant': { lines: ['/r hello'], asks: 'Who is meant' },
  'whether to remove somebody': { operator: true, lines: ['/deluser OTHER'], asks: 'yes or no' },
}

/** One end of a connection. */
interface Wire {
  readonly socket?: Socket
  /** What is below its TLS, or the same. */
  readonly tcp?: Socket
  readonly ws?: WebSocket
  /** All that came. */
  text: string
  over: boolean
  /** Sends a line, as this kind of client writes it. */
  line(text: string): void
}

type Way = (wire: Wire) => unknown

const ofSockets: Readonly<Record<string, Way>> = {
  FIN: ({ socket }) => socket?.end(),
  'a reset': ({ tcp }) => tcp?.resetAndDestroy(),
  'a close that reads no more': ({ socket }) => socket?.destroy(),
  'half an answer, then FIN': ({ socket }) => socket?.end('y'),
  'half an answer, then a reset': ({ socket, tcp }) => {
    socket?.write('n')
    setImmediate(() => tcp?.resetAndDestroy())
  },
  'an answer, then FIN': (wire) => {
    wire.line('1')
    wire.socket?.end()
  },
  '/quit': (wire) => {
    for (let count = 0; count < 6; count++) wire.line('/quit')
    wire.socket?.end()
  },
  '/cancel, /quit and a reset': (wire) => {
    wire.line('/cancel')
    wire.line('/quit')
    setImmediate(() => wire.tcp?.resetAndDestroy())
  },
}

/** Those that differ where lines are read in another way. */
const fewer: Readonly<Record<string, Way>> = Object.fromEntries(
  Object.entries(ofSockets).filter(([way]) => ['FIN', 'a reset', '/quit'].includes(way)),
)

const ofWebSockets: Readonly<Record<string, Way>> = {
  'a close frame': ({ ws }) => ws?.close(1000),
  'a page that goes': ({ ws }) => ws?.close(1001),
  'no close frame': ({ ws }) => ws?.terminate(),
  'an answer, then a close frame': (wire) => {
    wire.line('1')
    wire.ws?.close()
  },
  '/cancel, /quit and a close frame': (wire) => {
    wire.line('/cancel')
    wire.line('/quit')
    wire.ws?.close()
  },
}

const ofTelnet: Readonly<Record<string, Way>> = {
  ...fewer,
  'a key that interrupts, then FIN': ({ socket }) => socket?.end(Buffer.from([255, 244])),
  'telnet cut off': ({ socket }) => socket?.end(Buffer.from([255, 250, 24])),
}

t.test('a connection may end in the middle of any question', async (t) => {
  const folder = directoryFor(t)
  const pair = makeCertificate(folder, 'chat')
  const listeners = [
    { host: '127.0.0.1', port: 0 },
    { host: '127.0.0.1', port: 0, tls: pair },
  ]
  let counted: Counts | undefined
  const server = await TestServer.start({
    directory: folder,
    config: {
      ...withPage,
      listeners,
      'limits.connectionsPerAddress': 0,
      'terminal.concealPasswords': true,
    },
    store: async (counts) => {
      counted = counts
      return new MemoryStore()
    },
  })
  const stop = () => server.stop()
  t.teardown(stop)
  const counts = counted
  if (!counts) throw new Error('nothing is counted')
  await server.makeOperator('root', password)
  await server.makeOperator('chief', password)
  const [bob, carl, root] = await Promise.all([
    loggedIn(server, `/signup bob`, password, password),
    loggedIn(server, `/signup carl`, password, password),
    loggedIn(server, `/login root ${password}`),
  ])
  const helpers = [bob, carl]

  const kinds = {
    plain: ofSockets,
    JSON: fewer,
    telnet: ofTelnet,
    TLS: fewer,
    WebSocket: ofWebSockets,
  } as const
  let number = 0
  for (const [kind, ways] of Object.entries(kinds) as [keyof typeof kinds, Record<string, Way>][]) {
    const people: string[] = []
    const all: Record<string, Way> = {
      ...ways,
      'an operator': () => people.splice(0).forEach((name) => void root.line(`/kill ${name}`)),
    }
    for (const [way, end] of Object.entries(all)) {
      const wires = await openAll(server, kind, `p${++number}x`, helpers, people)
      const before = new Map(counts.failures.entries())
      // Visitors have no name by which an operator could end them.
      const ended = way === 'an operator' ? wires.filter(({ named }) => named) : wires
      for (const { wire } of ended) end(wire)
      await server.activity.until(() => ended.every(({ wire }) => wire.over))
      for (const { what, wire } of ended) if (!wire.over) t.fail(`${kind}, ${way}: ${what} goes on`)
      for (const { wire } of wires) if (!wire.over) wire.ws?.terminate() ?? wire.socket?.destroy()
      await server.activity.quiet()
      harmless(t, server, counts, `${kind}, ${way}`)
      t.same(puzzled(wires), [], `${kind}, ${way}: nobody reads of an error`)
      if (way === 'FIN' || way === 'a close frame') {
        const failed = [...counts.failures.entries()].filter(([code, count]) => count !== before.get(code))
        t.same(
          failed.map(([code]) => code),
          ['cancelled'],
          `${kind}, ${way}: nothing but a cancelled question`,
        )
      }
    }
  }
  for (const one of [...helpers, root]) {
    one.line('/ping still')
    t.ok(await comes(server, one, 'pong still'), 'the others go on')
  }

  const left = await Promise.all(
    (Object.keys(kinds) as (keyof typeof kinds)[]).map((kind) =>
      openAll(server, kind, `z${kind}`.toLowerCase(), helpers, []),
    ),
  )
  await stop()
  await server.activity.until(() => left.flat().every(({ wire }) => wire.over))
  harmless(t, server, counts, 'the server stops')
  const goesOn = left.flat().filter(({ wire }) => !wire.over)
  t.same(names(goesOn), [], 'the end of the server is the end of each')
  t.same(puzzled(left.flat()), [])
})

function names(some: readonly Opened[]): string[] {
  return some.map(({ what }) => what)
}

/** Who has read of an error. */
function puzzled(some: readonly Opened[]): string[] {
  return names(some.filter(({ wire }) => /error in the server|"internal"/.test(wire.text)))
}

function harmless(t: Test, { logged }: TestServer, { failures, faults }: Counts, what: string): void {
  const harm = {
    errors: logged.filter(({ level }) => level === 'error'),
    faults: faults.total,
    failures: failures.of('internal') + failures.of('unavailable'),
  }
  t.same(harm, { errors: [], faults: 0, failures: 0 }, what)
}

type Kind = 'plain' | 'JSON' | 'telnet' | 'TLS' | 'WebSocket'

interface Opened {
  readonly what: string
  readonly wire: Wire
  /** The person there has a name. */
  readonly named: boolean
}

/** One connection of this kind for each question, with the question open; the names of the people are added to `ofPeople`. */
async function openAll(
  server: TestServer,
  kind: Kind,
  prefix: string,
  helpers: readonly Wire[],
  ofPeople: string[],
): Promise<Opened[]> {
  const from = `127.0.0.${2 + (addresses++ % 250)}`
  const program = kind === 'JSON' || kind === 'WebSocket'
  const asked = Object.entries(questions).filter(([, { typedOnly }]) => !(program && typedOnly))
  const all = await Promise.all(
    asked.map(async ([what, question], index) => {
      const wire = await connectBy(server, kind, from)
      return { what, question, wire, name: `${prefix}${index}` }
    }),
  )
  const people = all.filter(({ question }) => !question.visitor)
  for (const { question, wire, name } of people) {
    const come = question.operator ? [`/login chief ${password}`] : [`/signup ${name}`, password, password]
    for (const line of [...come, '/ping in']) wire.line(line)
    ofPeople.push(question.operator ? 'chief' : name)
  }
  for (const { question, wire, name } of people) {
    if (!(await comes(server, wire, pongOf('in')))) throw new Error(`${name}: ${wire.text}`)
    if (question.asks !== 'Who is meant') continue
    for (const helper of helpers) {
      helper.text = ''
      for (const line of [`/msg ${name} hello`, '/ping sent']) helper.line(line)
      await comes(server, helper, pongOf('sent'))
    }
  }
  const other = people[0]?.name ?? ''
  for (const { question, wire, name } of all) {
    wire.text = ''
    for (const line of question.lines) wire.line(line.replace('NAME', name).replace('OTHER', other))
  }
  for (const { what, question, wire } of all)
    if (!(await comes(server, wire, question.asks)))
      throw new Error(`${kind}: ${what} is not asked: ${wire.text}`)
  return all.map(({ what, question, wire }) => ({ what, wire, named: !question.visitor }))
}

let addresses = 0
const willEcho = Buffer.from([255, 251, 1])

async function loggedIn(server: TestServer, ...lines: string[]): Promise<Wire> {
  const wire = await connectBy(server, 'plain')
  for (const line of [...lines, '/ping in']) wire.line(line)
  if (!(await comes(server, wire, pongOf('in')))) throw new Error(wire.text)
  return wire
}

function pongOf(mark: string): RegExp {
  return new RegExp(`pong ${mark}|"text":"${mark}"`)
}

/** Waits until it has come. */
function comes(server: TestServer, wire: Wire, what: string | RegExp): Promise<boolean> {
  return server.activity.until(() =>
    typeof what === 'string' ? wire.text.includes(what) : what.test(wire.text),
  )
}

async function connectBy(server: TestServer, kind: Kind, from = '127.0.0.1'): Promise<Wire> {
  if (kind === 'WebSocket') return connectPage(server, from)
  const [plain = 0, tls = 0] = server.running.ports
  const tcp = connectTcp({
    port: kind === 'TLS' ? tls : plain,
    host: '127.0.0.1',
    localAddress: from,
    noDelay: true,
  })
  const socket = kind === 'TLS' ? connectTls({ socket: tcp, rejectUnauthorized: false }) : tcp
  const eol = kind === 'telnet' ? '\r\n' : '\n'
  const wire: Wire = {
    socket,
    tcp,
    text: '',
    over: false,
    line: (text) => void socket.write((kind === 'JSON' ? JSON.stringify({ line: text }) : text) + eol),
  }
  // A reset is an ordinary end here.
  for (const one of [socket, tcp]) one.on('error', () => undefined)
  socket.on('data', (chunk: Buffer) => {
    wire.text += chunk.toString('latin1')
    // Hides what is typed: a password is asked for once the client has agreed.
    if (chunk.includes(willEcho)) socket.write(Buffer.from([255, 253, 1]))
    server.activity.note()
  })
  tcp.on('close', () => {
    wire.over = true
    server.activity.note()
  })
  await once(socket, kind === 'TLS' ? 'secureConnect' : 'connect')
  if (kind === 'telnet') socket.write(Buffer.from([255, 251, 31, 255, 253, 1]))
  if (kind === 'JSON') socket.write('/format json\n')
  return wire
}

async function connectPage(server: TestServer, from: string): Promise<Wire> {
  const url = `ws://127.0.0.1:${server.webPort}/socket`
  const ws = new WebSocket(url, { origin: originOf(server), localAddress: from, perMessageDeflate: false })
  const wire: Wire = {
    ws,
    text: '',
    over: false,
    line: (text) => ws.send(JSON.stringify({ line: text })),
  }
  ws.on('error', () => undefined)
  ws.on('message', (data) => {
    wire.text += String(data)
    server.activity.note()
  })
  ws.on('close', () => {
    wire.over = true
    server.activity.note()
  })
  await once(ws, 'open')
  return wire
}
