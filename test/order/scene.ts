import { join } from 'node:path'
import type { Counts } from '../../server/chat/machine/counts.ts'
import type { Change } from '../../server/chat/ports/change-log.ts'
import type { Store } from '../../server/chat/ports/store.ts'
import { openStore } from '../../server/store/open.ts'
import type { LineClient } from '../support/client.ts'
import { Random } from '../support/random.ts'
import { TestServer } from '../support/server.ts'

const talkers = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7'] as const
const guests = ['j0', 'j1'] as const
const linesEach = 40
const visitsEach = 8

/** What somebody read of a room: what happened, in the order in which it came. */
export interface Read {
  readonly name: string
  /** Numbers of messages, to the room and to the reader alone. */
  readonly numbers: readonly number[]
  /** Whatever happened in the room, as `topic green`. */
  readonly happened: readonly string[]
  /** For each time that they came in: what was history then, and what they heard until they went. */
  readonly visits: readonly { readonly history: readonly number[]; readonly heard: readonly number[] }[]
}

/** What results have of what one has done oneself. */
interface Data {
  readonly messages?: readonly { readonly id: number }[]
  readonly channel?: string
  readonly id?: number
  readonly name?: string
  readonly topic?: string
}

interface Line {
  readonly type: string
  readonly command?: string
  readonly ok?: boolean
  readonly data?: Data
  readonly channel?: string
  readonly id?: number
  readonly user?: string
  readonly topic?: string
  readonly role?: string
  readonly message?: { readonly id: number; readonly channel?: string }
}

/** Plays it in an empty directory, on a store with something `around` it. Answers what was read, and what is wrong with its order. */
export async function orderOf(
  directory: string,
  seed: number,
  around: (store: Store) => Store,
): Promise<{ reads: readonly Read[]; problems: readonly string[] }> {
  const options = { file: join(directory, 'partyline.db'), synchronous: 'off' } as const
  const store = async (counts: Counts) => around(await openStore({ ...options, counts }))
  const server = await TestServer.start({ directory, store })
  const reads = await play(server, new Random(seed)).finally(() => server.stop())
  const stored = await openStore(options)
  return { reads, problems: await disorder(reads, stored).finally(() => stored.close()) }
}

/**
 * Many people say, edit and delete things in one room at once, and to each other, while its topic and roles change, and
 * others come and go. Answers what each of them read; the first is somebody who was silent all the time.
 */
async function play(server: TestServer, random: Random): Promise<Read[]> {
  const names = ['watcher', ...talkers, ...guests]
  const clients = new Map<string, LineClient>()
  for (const name of names) {
    const client = await server.connect()
    await client.ask(`/signup ${name}\npassword\npassword\n/format json`)
    clients.set(name, client)
  }
  const clientOf = (name: string) => clients.get(name) as LineClient
  for (const name of [...talkers, 'watcher']) await clientOf(name).ask('/join #tea')
  for (const client of clients.values()) await client.settled()

  for (const name of talkers) clientOf(name).write(scriptOf(name, random))
  for (const name of guests)
    clientOf(name).write(`/join #tea\n${name} is here\n/leave #tea\n`.repeat(visitsEach))
  const read = new Map<string, string[]>()
  // Whoever's ping is answered has been heard by everybody.
  for (const [name, client] of clients) read.set(name, await client.settled())
  for (const [name, client] of clients) read.get(name)?.push(...(await client.settled()))
  return names.map((name) =>
    readBy(
      name,
      (read.get(name) ?? []).map((line) => JSON.parse(line) as Line),
    ),
  )
}

function scriptOf(name: string, random: Random): string {
  const lines: string[] = [`${name} begins`]
  for (let index = 0; lines.length < linesEach; index++) {
    const other = random.pick(talkers.filter((one) => one !== name))
    lines.push(
      random.pick([
        `${name} says ${index}`,
        `${name} says @${other} ${index}`,
        `${name} says ${index} once more`,
        `/msg ${other} ${index}`,
        `/edit ${name} means ${index}`,
        '/delete',
        ...(name === 'p0' ? [`/topic ${index}`, '/promote p1', '/demote p1', '/mute p2', '/unmute p2'] : []),
      ]),
    )
  }
  return lines.map((line) => `${line}\n`).join('')
}

function readBy(name: string, lines: readonly Line[]): Read {
  const visits: { history: number[]; heard: number[] }[] = []
  const numbers: number[] = []
  const happened: string[] = []
  for (const line of lines) {
    const { command, data, ok, type } = line
    if (type === 'result' && command === 'join' && ok)
      visits.push({ history: data?.messages?.map(({ id }) => id) ?? [], heard: [] })
    if (type === 'message' && line.id !== undefined) {
      numbers.push(line.id)
      if (line.channel === '#tea') visits.at(-1)?.heard.push(line.id)
    }
    if (type === 'result' && ok && data) {
      // What one has said oneself has a number, too, and stands between what others have said.
      if ((command === 'say' || command === 'msg') && data.id !== undefined) numbers.push(data.id)
      happened.push(...doneInShort(name, command ?? '', data))
    }
    if ((line.channel ?? line.message?.channel) === '#tea') happened.push(...inShort(line))
  }
  return { name, numbers, happened, visits }
}

/** What somebody has done in the room, as the others read it. */
function doneInShort(by: string, command: string, { channel, id, name, topic }: Data): string[] {
  switch (command) {
    case 'say':
      return [`message ${id}`]
    case 'edit':
    case 'delete':
      return channel === '#tea' ? [`${command === 'edit' ? 'edited' : 'deleted'} ${id}`] : []
    case 'topic':
      return [`topic ${topic}`]
    case 'promote':
    case 'demote':
      return [`role ${name}`]
    case 'mute':
      return [`muted ${name}`]
    case 'unmute':
      return [`unmuted ${name}`]
    case 'join':
      return [`joined ${by}`]
    case 'leave':
      return [`left ${by}`]
    default:
      return []
  }
}

function inShort({ id, message, topic, type, user }: Line): string[] {
  switch (type) {
    case 'message':
    case 'deleted':
      return [`${type} ${id}`]
    case 'edited':
      return [`${type} ${message?.id ?? id}`]
    case 'topic':
      return [`topic ${topic}`]
    case 'role':
    case 'muted':
    case 'unmuted':
    case 'joined':
    case 'left':
      return [`${type} ${user}`]
    default:
      return []
  }
}

/** What is wrong with the order in which people read, in words. */
async function disorder(reads: readonly Read[], store: Store): Promise<string[]> {
  const [watcher, ...others] = reads
  if (!watcher) throw new Error('Nobody has read anything')
  const gone = new Set(watcher.happened.filter((one) => one.startsWith('deleted ')).map(numberIn))
  const problems = reads.flatMap(({ name, numbers, visits }) => [
    ...backwards(`the messages that ${name} read`, numbers),
    ...visits.flatMap(({ heard, history }) => [
      ...backwards(`what ${name} read when coming in, and then`, [...history, ...heard]),
      ...missing(name, history.at(-1) ?? heard[0] ?? 0, heard, watcher.numbers, gone),
    ]),
  ])
  const logged = await loggedIn(store)
  const stored = watcher.happened
    .filter((one) => !one.startsWith('message ') || !gone.has(numberIn(one)))
    // That people come and go has no number.
    .filter((one) => !/^(joined|left) /.test(one))
    .map((one) => one.replace(/^topic .*/, 'topic'))
  for (let index = 0; index < Math.max(stored.length, logged.length); index++)
    if (stored[index] !== logged[index]) {
      problems.push(`watcher read "${stored[index]}" where the log has "${logged[index]}"`)
      break
    }
  for (const { happened, name } of others) {
    let at = 0
    for (const one of happened) {
      const found = watcher.happened.indexOf(one, at)
      // Of what happens again and again the next one may be meant.
      if (found < 0) problems.push(`${name} read "${one}" at another place than watcher`)
      else at = found + 1
    }
  }
  return problems
}

function numberIn(text: string): number {
  return Number(text.split(' ')[1])
}

function backwards(what: string, numbers: readonly number[]): string[] {
  return numbers.flatMap((number, index) => {
    const before = numbers[index - 1] ?? 0
    return number > before ? [] : [`${what}: ${number} behind ${before}`]
  })
}

/** Of what was said between history and the last that a newcomer heard, what they did not: but for their own words. */
function missing(
  name: string,
  from: number,
  heard: readonly number[],
  all: readonly number[],
  gone: ReadonlySet<number>,
): string[] {
  const last = heard.at(-1) ?? 0
  const lost = all.filter((id) => id > from && id < last && !heard.includes(id) && !gone.has(id))
  // Each visit has one line of one's own, which comes from there and is not heard.
  return lost.length > 1 ? [`${name} has not heard ${lost}`] : []
}

/** What the log has of the room, as `inShort` has it. */
async function loggedIn(store: Store): Promise<string[]> {
  const { accounts, channels } = await store.load()
  const room = channels.find(({ name }) => name === '#tea')?.id
  const nameOf = (account: number | undefined) => accounts.find(({ id }) => id === account)?.name
  const all: Change[] = []
  for (let after = 0; ; after = all.at(-1)?.number ?? after) {
    const { changes } = await store.changesAfter(after, 500)
    all.push(...changes)
    if (changes.length < 500) break
  }
  const of = all.filter((one) => (one.kind === 'message' ? one.said.channel : one.channel) === room)
  return of.flatMap((one) => {
    if (one.kind === 'message') return [`message ${one.number}`]
    if (one.kind === 'topic') return ['topic']
    const about = one.kind === 'edited' || one.kind === 'deleted' ? one.message : nameOf(one.account)
    return [`${one.kind} ${about}`]
  })
}
