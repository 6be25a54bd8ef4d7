import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import type { Teardown } from '../process/program.ts'
import { type Fields, type MessageFields, type Result, Talker } from '../process/talker.ts'
import type { Random } from '../support/random.ts'
import type { Ledger } from './ledger.ts'

export const password = 'good-enough'
export const publicRooms = ['#hall', '#yard'] as const

/** Somebody who does all that can be stored, and keeps account of what was confirmed. */
export interface Member {
  readonly name: string
  readonly operator: boolean
  readonly talker: Talker
  readonly random: Random
  /** Invitations that wait for an answer. */
  readonly requests: { request: number; channel: string }[]
  /** Private rooms that this one made. */
  readonly own: string[]
}

export interface Scene {
  readonly t: Teardown
  readonly port: number
  readonly round: number
  readonly ledger: Ledger
  readonly members: readonly Member[]
  /** Counts what is made, so that everything has a name of its own. */
  count: number
}

/** Takes down what a member hears. */
export function listen(ledger: Ledger, { name, requests, talker }: Member): void {
  let last = 0
  talker.onEvent = (event) => {
    switch (event.type) {
      case 'message': {
        const message = event as unknown as MessageFields
        if (message.id <= last) ledger.problem(`${name} was shown ${message.id} after ${last}`)
        last = message.id
        ledger.show(message, `shown to ${name}`)
        break
      }
      case 'file':
        ledger.showFile(fileIn(event))
        break
      case 'invited':
        ledger.surelyNot(`request ${event['channel']} ${name}`, 'none')
        requests.push({ request: Number(event['request']), channel: String(event['channel']) })
        break
      case 'answered':
        ledger.surely(`request ${event['channel']} ${event['user']}`, String(event['answer']))
        ledger.surely(`told ${event['channel']} ${event['user']}`, 'yes')
        break
    }
  }
}

/** Lets everybody do one thing after the other, and talk all the while, until the connections are gone. */
export async function run(scene: Scene): Promise<void> {
  const { members } = scene
  await Promise.all(members.flatMap((member) => [actOn(scene, member), ...talkOn(scene, member)]))
}

/** How many lines of a member may be without an answer: enough that a commit has several. */
const window = 12

function talkOn(scene: Scene, member: Member): Promise<void>[] {
  return Array.from({ length: window }, async () => {
    while (!member.talker.gone) await say(scene, member)
  })
}

async function actOn(scene: Scene, member: Member): Promise<void> {
  const actions = [join, join, makeRoom, inviteMore, answer, answer, sendFile, setTopic, signUp]
  if (member.operator) actions.push(announce, announce)
  while (!member.talker.gone) await member.random.pick(actions)(scene, member)
}

/** Says something that nobody else says, in a room or to somebody. */
async function say(scene: Scene, { name, own, random, talker }: Member): Promise<void> {
  const { ledger, members } = scene
  const rooms = ['#lobby', ...own, ...publicRooms].filter(
    (room) => room === '#lobby' || ledger.known(`member ${room} ${name}`) === 'in',
  )
  const where = random.chance(0.3)
    ? random.pick(members.filter((one) => one.name !== name)).name
    : random.pick(rooms)
  const mention = random.chance(0.1) ? ` @${random.pick(members).name}` : ''
  const text = `${unique(scene)}${mention} ${'äß→👩‍👩‍👧 '.repeat(random.integer(0, 3))}${'x'.repeat(random.integer(0, 300))}`
  const said = text.trim()
  ledger.said.add(said)
  const result = await talker.ask(`/msg ${where} ${said}`)
  note(scene, name, result, ({ id, at }) => {
    const target = where.startsWith('#') ? { channel: where } : { to: where }
    const message = { id: Number(id), at: String(at), from: name, kind: 'text', text: said, ...target }
    ledger.show(message, `answered to ${name}`)
  })
}

/** Enters a public room, or leaves it. */
async function join(scene: Scene, { name, operator, random, talker }: Member): Promise<void> {
  const { ledger } = scene
  const room = random.pick(publicRooms)
  const what = `member ${room} ${name}`
  const inside = ledger.known(what) === 'in'
  // Whoever made them stays, or they would be gone with the last one.
  if (inside && operator) return
  const [after, before] = inside ? (['out', 'in'] as const) : (['in', 'out'] as const)
  ledger.maybe(what, after, before)
  const result = await talker.ask(`${inside ? '/leave' : '/join'} ${room}`)
  note(scene, name, result, () => ledger.surely(what, after))
}

/** Makes a private room into which some are invited. */
async function makeRoom(scene: Scene, member: Member): Promise<void> {
  const { ledger, members, round } = scene
  const { name, own, random, talker } = member
  // Everything that was made is looked at after every round.
  if (own.length >= 3) return
  const room = `#${name}-${round}-${++scene.count}`
  const guests = members.filter((one) => one !== member && random.chance(0.4)).map((one) => one.name)
  ledger.maybe(`member ${room} ${name}`, 'in', 'out')
  for (const guest of guests) ledger.maybe(`request ${room} ${guest}`, 'pending', 'none')
  const result = await talker.ask(`/create ${room} private ${guests.join(' ')}`)
  note(scene, name, result, () => {
    own.push(room)
    ledger.surely(`member ${room} ${name}`, 'in')
    for (const guest of guests) ledger.surelyNot(`request ${room} ${guest}`, 'none')
  })
}

async function inviteMore(scene: Scene, { name, own, random, talker }: Member): Promise<void> {
  const { ledger, members } = scene
  const [room] = own
  const left = members.filter(
    (one) => one.name !== name && room && !ledger.about(`request ${room} ${one.name}`).length,
  )
  if (!room || left.length === 0) return
  const guest = random.pick(left).name
  ledger.maybe(`request ${room} ${guest}`, 'pending', 'none')
  const result = await talker.ask(`/invite ${room} ${guest}`)
  note(scene, name, result, () => ledger.surelyNot(`request ${room} ${guest}`, 'none'))
}

/** Answers an invitation, or leaves it for later. */
async function answer(scene: Scene, { name, random, requests, talker }: Member): Promise<void> {
  const { ledger } = scene
  if (requests.length < 2) return
  const { channel, request } = requests.shift() ?? { channel: '', request: 0 }
  const yes = random.chance(0.6)
  const state = yes ? 'accepted' : 'rejected'
  ledger.maybe(`request ${channel} ${name}`, state, 'pending')
  const result = await talker.ask(`${yes ? '/accept' : '/reject'} ${request}`)
  note(scene, name, result, () => ledger.surely(`request ${channel} ${name}`, state))
}

async function setTopic(scene: Scene, { name, own, talker }: Member): Promise<void> {
  const { ledger } = scene
  const room = own.at(-1)
  if (!room) return
  const topic = unique(scene)
  ledger.maybe(`topic ${room}`, topic, '')
  const result = await talker.ask(`/topic ${room} ${topic}`)
  note(scene, name, result, () => ledger.surely(`topic ${room}`, topic))
}

async function announce(scene: Scene, { name, talker }: Member): Promise<void> {
  const text = unique(scene)
  scene.ledger.said.add(text)
  const result = await talker.ask(`/notice ${text}`)
  note(scene, name, result, ({ at, id }) => {
    const message = { id: Number(id), at: String(at), from: name, kind: 'notice', text }
    scene.ledger.show(message, `answered to ${name}`)
  })
}

/** Somebody new comes: there are few of them, because they log in again after every round. */
async function signUp(scene: Scene, { talker, random }: Member): Promise<void> {
  const { ledger, port, round, t } = scene
  if (!random.chance(0.05) || talker.gone) return
  const name = `new-${round}-${++scene.count}`
  const newcomer = new Talker(t, port)
  ledger.maybe(`account ${name}`, 'there', 'missing')
  const result = await newcomer.ask(`/signup ${name}`, password, password)
  note(scene, name, result, () => ledger.surely(`account ${name}`, 'there'))
}

/** Sends a file with a raw connection, most of the time all of it. */
async function sendFile(scene: Scene, { name, own, random, talker }: Member): Promise<void> {
  const { ledger, members } = scene
  const bytes = randomBytes(random, random.pick([0, 1, 1000, 70_000, 300_000]))
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const file = `${unique(scene)}.bin`
  const to = random.chance(0.3)
    ? `@${random.pick(members.filter((one) => one.name !== name)).name}`
    : random.pick(['#lobby', ...own])
  ledger.sent.set(file, sha256)
  // From here on there may be a ticket.
  ledger.uploading.set(file, bytes)
  const offer = await talker.ask(`/filesend ${to} ${file}`)
  let ticket: { id: number; token: string } | undefined
  note(scene, name, offer, ({ id, token }) => {
    ticket = { id: Number(id), token: String(token) }
  })
  if (!ticket) return
  const { id, token } = ticket
  // Some are in the middle of it when the server ends: their bytes come late, or never.
  const sending = random.chance(0.25) ? bytes.subarray(0, Math.floor(bytes.length / 2)) : bytes
  const told = put(scene, `/put ${token} ${bytes.length}\n`, sending)
  if (sending.length < bytes.length) return
  if (!(await told).startsWith(`* "${file}" is there`)) return
  ledger.uploading.delete(file)
  ledger.showFile({ id, name: file, size: bytes.length, sha256, get: undefined })
}

/** What a raw upload is answered, if it is; one that does not send all stays until the server ends. */
export function put({ port, t }: Pick<Scene, 'port' | 't'>, line: string, bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    t.teardown(() => socket.destroy())
    let text = ''
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(text))
    socket.write(line)
    socket.write(bytes)
  })
}

export function fileIn(event: Fields) {
  return {
    id: Number(event['id']),
    name: String(event['name']),
    size: Number(event['size']),
    sha256: String(event['sha256']),
    get: String(event['get']),
  }
}

/** A word that is used once. */
function unique(scene: Scene): string {
  return `w${scene.round}q${++scene.count}`
}

function randomBytes(random: Random, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  for (let at = 0; at + 4 <= length; at += 4) bytes.writeUInt32LE(random.integer(0, 2 ** 32 - 1), at)
  return bytes
}

/** Takes down what a good answer confirms. Nothing that is asked here may be refused. */
function note(
  { ledger }: Scene,
  name: string,
  result: Result | undefined,
  confirm: (data: Fields) => void,
): void {
  if (result?.ok) confirm(result.data)
  else if (result) ledger.problem(`${name} /${result.command}: ${JSON.stringify(result.error)}`)
}
