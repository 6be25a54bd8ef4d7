import type { Test } from 'tap'
import { compareMessages, history } from '../crash/audit.ts'
import { Ledger } from '../crash/ledger.ts'
import { type Fields, logIn, type MessageFields, Talker } from '../process/talker.ts'

/** Somebody who is here all day, and hears what is said where they are. */
export interface Resident {
  readonly name: string
  readonly password: string
  readonly rooms: Set<string>
  /** A word that is in everything that they say, and nowhere else. */
  readonly word: string
  talker: Talker
  /** What the connection was shown, in order. */
  readonly heard: MessageFields[]
  /** The numbers of what was confirmed to others since they came, and was for them. */
  readonly due: Set<number>
  /** Lines of theirs that were confirmed. */
  said: number
  /** They do not come back: what becomes of their last lines is nobody's business. */
  leaving: boolean
}

/**
 * People who chat, everywhere that they are, and keep account of what they were told. `check` says whether anything is
 * lost: whatever was confirmed to its sender was heard by everybody whom it was for, once, and in order.
 */
export class Crowd {
  readonly ledger = new Ledger()
  readonly people: Resident[] = []
  readonly #t: Test
  #port = 0
  #count = 0
  /** Those who talk, each until they have said their last line. */
  #talking: Promise<void>[] = []
  #hush = true
  /** The server is about to go: lines may stay without an answer. */
  #interrupted = false
  #onSaid: () => void = () => undefined

  constructor(t: Test) {
    this.#t = t
  }

  /** Where everybody connects to from now on. */
  open(port: number): void {
    this.#port = port
    this.#interrupted = false
  }

  /** How many lines were confirmed to those who are here. */
  get said(): number {
    return this.people.reduce((sum, { said }) => sum + said, 0)
  }

  /** The number of the newest message that anybody was told of. */
  get newest(): number {
    return Math.max(0, ...this.ledger.messages.keys())
  }

  person(name: string): Resident {
    const found = this.people.find((one) => one.name === name)
    if (!found) throw new Error(`Nobody is called ${name}`)
    return found
  }

  /** Somebody comes who has an account; answers what the login told. */
  async enter(name: string, password: string): Promise<Fields> {
    const { talker, welcome } = await logIn(this.#t, this.#port, name, password)
    this.#arrive(name, password, talker, welcome)
    return welcome
  }

  /** Somebody makes an account with an invitation code. */
  async signUp(name: string, password: string, invite: string): Promise<void> {
    const talker = new Talker(this.#t, this.#port)
    const welcome = await talker.data(`/signup ${name}`, invite, password, password)
    this.#arrive(name, password, talker, welcome)
  }

  /** All of them log in again. */
  async comeBack(): Promise<void> {
    for (const { name, password } of [...this.people]) await this.enter(name, password)
  }

  /** Who is in a room from now on. Only while nobody talks, so that it is clear who hears what. */
  async join(line: string, room: string, ...names: string[]): Promise<void> {
    for (const name of names) {
      const one = this.person(name)
      await one.talker.data(line)
      one.rooms.add(room)
    }
  }

  /** Everybody talks, one line after the other, until `hush`; whoever comes meanwhile does, too. */
  talk(): void {
    this.#hush = false
    this.#talking = this.people.map((one) => this.#talkOn(one))
  }

  /** Everybody says so many lines at once; resolves when all of them are answered. */
  async flood(lines: number): Promise<void> {
    await Promise.all(this.people.flatMap((one) => Array.from({ length: lines }, () => this.#say(one))))
  }

  /** Waits until everybody was told that `lines` more of theirs are stored. */
  async more(lines: number): Promise<void> {
    const goals = this.people.map((one) => ({ one, goal: one.said + lines }))
    await new Promise<void>((resolve, reject) => {
      this.#onSaid = () => {
        const lost = this.people.find(({ leaving, talker }) => talker.gone && !leaving)
        if (lost) reject(new Error(`${lost.name} is disconnected`))
        if (goals.every(({ one, goal }) => one.leaving || one.said >= goal)) resolve()
      }
      this.#onSaid()
    })
  }

  /** Everybody says what they are about to say, and then no more. */
  async hush(): Promise<void> {
    this.#hush = true
    await Promise.all(this.#talking)
    // Everything that was told to anybody is told to all when this is answered.
    for (const { talker } of this.people) await talker.data('/ping')
  }

  /** The server is about to be ended under them. */
  breakOff(): void {
    this.#interrupted = true
  }

  /** Waits until all have noticed that the server is gone. */
  async gone(): Promise<void> {
    await Promise.all(this.people.map(({ talker }) => talker.closed))
    this.#hush = true
    await Promise.all(this.#talking)
  }

  /** Somebody is removed by the operator, and what they said: nobody is to hear or to find any of it again. */
  forget(name: string): void {
    const { word } = this.person(name)
    this.#drop(({ from, to }) => from === name || to === name)
    for (const text of this.ledger.said) if (text.includes(word)) this.ledger.said.delete(text)
    this.people.splice(this.people.indexOf(this.person(name)), 1)
  }

  /** What was said later than the message `last` never was: a backup was made before. */
  forgetLaterThan(last: number): void {
    this.#drop(({ id }) => id > last)
  }

  /** Compares what everybody heard with what was confirmed to those who said it. */
  checkHeard(t: Test): void {
    const { messages, problems } = this.ledger
    let heard = 0
    for (const one of this.people) {
      const ids = one.heard.map(({ id }) => id)
      const known = new Set(ids)
      heard += ids.length
      const last = new Map<string, number>()
      for (const { id, channel = 'in private' } of one.heard) {
        const before = last.get(channel) ?? 0
        if (id <= before) problems.push(`${one.name} heard ${id} after ${before}, ${channel}`)
        last.set(channel, id)
      }
      const missing = [...one.due].filter((id) => !known.has(id))
      for (const id of missing) problems.push(`${one.name} did not hear ${JSON.stringify(messages.get(id))}`)
    }
    t.ok(heard > 0, `${messages.size} messages confirmed, ${heard} times heard`)
    t.strictSame(problems.splice(0), [], 'everybody heard all that was for them, once and in order')
  }

  /** Compares what everybody finds, in every room and of every talk of two, with what was confirmed. */
  async checkHistories(t: Test): Promise<void> {
    const histories = new Map<string, MessageFields[]>()
    for (const one of this.people) {
      for (const room of one.rooms) {
        const found = await history(0, one.talker, room)
        const others = histories.get(room)
        if (others) t.strictSame(found, others, `${one.name} reads in ${room} what others read`)
        histories.set(room, found)
      }
      for (const other of this.people)
        if (other.name > one.name)
          histories.set(`${one.name} ${other.name}`, await history(0, one.talker, other.name))
    }
    compareMessages(0, this.ledger, histories)
    const found = [...histories.values()].flat().length
    t.equal(found, this.ledger.messages.size, `${found} messages in ${histories.size} histories`)
    t.strictSame(this.ledger.problems.splice(0), [], 'nothing is missing or changed')
  }

  #arrive(name: string, password: string, talker: Talker, welcome: Fields): void {
    const rooms = (welcome['rooms'] as { channel: string }[]).map(({ channel }) => channel)
    const before = this.people.find((one) => one.name === name)
    const heard: MessageFields[] = []
    const word = before?.word ?? `qx${name}`
    const one = { name, password, word, talker, heard, due: new Set<number>(), said: 0, leaving: false }
    const resident = { ...one, rooms: new Set(rooms) }
    talker.onEvent = (event) => {
      if (event.type !== 'message') return
      const message = event as unknown as MessageFields
      heard.push(message)
      this.ledger.show(message, `shown to ${name}`)
    }
    if (before) this.people.splice(this.people.indexOf(before), 1, resident)
    else this.people.push(resident)
    if (!this.#hush) this.#talking.push(this.#talkOn(resident))
  }

  async #talkOn(one: Resident): Promise<void> {
    while (!this.#hush && !one.talker.gone) await this.#say(one)
    this.#onSaid()
  }

  /** Says something that nobody else says: in a room that they are in, or to somebody. */
  async #say(one: Resident): Promise<void> {
    const number = ++this.#count
    const others = this.people.filter((other) => other !== one && !other.leaving)
    const places = [...one.rooms, others[number % others.length]?.name ?? '#lobby']
    const where = places[number % places.length] ?? '#lobby'
    const text = `${one.word}${number} to ${this.people.find(({ name }) => name === where)?.word ?? where}`
    const audience = others.filter((other) => other.name === where || other.rooms.has(where))
    this.ledger.said.add(text)
    const result = await one.talker.ask(`/msg ${where} ${text}`)
    if (result?.ok) {
      const { id, at } = result.data as { id: number; at: string }
      const target = where.startsWith('#') ? { channel: where } : { to: where }
      this.ledger.show({ id, at, from: one.name, kind: 'text', text, ...target }, `answered to ${one.name}`)
      for (const other of audience) other.due.add(id)
      one.said++
    } else if (!one.leaving && !this.#interrupted && !audience.some(({ leaving }) => leaving))
      this.ledger.problem(`${one.name} to ${where}: ${JSON.stringify(result?.error ?? 'disconnected')}`)
    this.#onSaid()
  }

  #drop(which: (message: MessageFields) => boolean): void {
    for (const message of [...this.ledger.messages.values()].filter(which)) {
      this.ledger.messages.delete(message.id)
      this.ledger.said.delete(message.text)
      for (const { due } of this.people) due.delete(message.id)
    }
  }
}
