import { isPongOf, type LineClient } from './client.ts'
import type { TestServer } from './server.ts'
import { type Expectation, type Step, type Transcript, visible } from './transcript.ts'

/** What a step brought to one person: lines as they would stand in the transcript. */
export interface Seen {
  readonly who: string
  readonly lines: readonly string[]
}

interface Person {
  readonly client: LineClient
  /** A question is open: the next line would be its answer. */
  asked: boolean
  /** What was sent last has no newline yet. */
  typing: boolean
  /** What stands behind the last newline and was told already: the question that is open. */
  told: string
  /** The ping whose answer is still to come: the server lets this person wait. */
  fence: string | undefined
  /** By their own doing. */
  gone: boolean
}

/** Does what a transcript says with a real server, and tells what everybody read. */
export class TranscriptPlayer {
  readonly #server: TestServer
  readonly #people = new Map<string, Person>()
  #fences = 0

  constructor(server: TestServer) {
    this.#server = server
  }

  /** Makes the accounts that are there at the beginning; the password is `NAME's password`. */
  async prepare({ accounts }: Transcript): Promise<void> {
    for (const { name, operator } of accounts) {
      if (operator) {
        await this.#server.makeOperator(name, passwordOf(name))
        continue
      }
      const client = await this.#server.connect()
      client.send(`/signup ${name}\n${passwordOf(name)}\n${passwordOf(name)}\n/quit`)
      await client.closing()
    }
    await this.#server.activity.quiet()
  }

  /**
   * One step. `trusting`: what is expected decides whether to wait for a question; otherwise the player
   * looks what comes, which is slower.
   */
  async play(step: Step, trusting: boolean): Promise<Seen[]> {
    const { activity } = this.#server
    const closed = this.#server.count('disconnected')
    const actor = await this.#act(step)
    if (actor?.gone) await activity.until(() => this.#server.count('disconnected') > closed)
    else if (actor) await this.#fence(actor, step, trusting)
    if (!trusting) await activity.quiet()
    const others = [...this.#people.values()].filter((person) => person !== actor && !person.gone)
    for (const person of others) {
      if (person.fence === undefined || step.action.type === 'advance')
        await this.#fence(person, step, trusting)
    }
    await activity.quiet()
    const seen = [...this.#people].map(([who, person]) => {
      const mayWait = person === actor || step.action.type === 'advance'
      return { who, lines: this.#collect(who, person, mayWait) }
    })
    for (const [who, { client, gone }] of this.#people) if (gone || client.ended) this.#people.delete(who)
    return seen
  }

  /** Ends what is still connected, and the server. */
  async end(): Promise<void> {
    for (const { client } of this.#people.values()) client.reset()
    await this.#server.stop()
  }

  /** Answers who acts; undefined if it is nobody in particular. */
  async #act({ action, text }: Step): Promise<Person | undefined> {
    const { clock, config, disk } = this.#server
    switch (action.type) {
      case 'connect': {
        if (this.#people.has(action.who)) throw new Error(`${action.who} is connected already: ${text}`)
        const accepted = this.#accepted()
        const client = await this.#server.connect(action.from)
        const person = { client, asked: false, typing: false, told: '', fence: undefined, gone: false }
        this.#people.set(action.who, person)
        await this.#server.activity.until(() => this.#accepted() > accepted)
        if (action.waits) clock.advance(config.greetingDelayMs)
        return person
      }
      case 'send': {
        const person = this.#person(action.who, text)
        person.asked = false
        person.typing = action.bytes.at(-1) !== newline
        person.told = ''
        person.client.takeTail()
        person.client.write(action.bytes)
        return person
      }
      case 'disconnect':
      case 'lose': {
        const person = this.#person(action.who, text)
        person.gone = true
        if (action.type === 'lose') person.client.reset()
        else person.client.end()
        return person
      }
      case 'advance':
        clock.advance(action.ms)
        return undefined
      case 'restart':
        await this.#server.stop()
        await this.#server.start()
        return undefined
      case 'stop':
        await this.#server.stop()
        return undefined
      case 'disk-full':
      case 'disk-free':
        disk.full = action.type === 'disk-full'
        return undefined
      default:
        return action satisfies never
    }
  }

  #accepted(): number {
    const { length } = this.#server.logged.filter(({ message }) =>
      ['connected', 'server full', 'too many connections from address', 'banned address'].includes(message),
    )
    return length
  }

  #person(who: string, text: string): Person {
    const person = this.#people.get(who)
    if (!person) throw new Error(`${who} is not connected: ${text}`)
    return person
  }

  #expectedOf(person: Person, { expected }: Step): Expectation[] {
    return expected.filter(({ who }) => this.#people.get(who) === person)
  }

  /** Waits until everything sent to the server is handled, and all that came of it is here. */
  async #fence(person: Person, step: Step, trusting: boolean): Promise<void> {
    const { activity } = this.#server
    const { client } = person
    const expected = this.#expectedOf(person, step)
    if (person.fence === undefined && !person.asked && !person.typing) {
      const asking = () => client.ended || isAsking(client)
      if (!trusting) await activity.until(asking, 2000)
      else if (isQuestion(expected.at(-1)?.text)) await activity.until(asking)
      person.asked = isAsking(client)
    }
    if (person.asked || person.typing) {
      // No fence is possible: what the transcript says comes, or never will.
      const { length } = expected
      if (trusting && length > 0) await activity.until(() => client.ended || lineCount(person) >= length)
      return
    }
    if (person.fence === undefined) {
      // A question that ends by mistakes drops what has come behind it, and so would it drop the fence.
      const { length } = expected.filter(({ what }) => what === 'reads')
      if (trusting && length > 0) await activity.until(() => client.ended || lineCount(person) >= length)
      person.fence = `fence-${++this.#fences}`
      client.send(`/ping ${person.fence}`)
    }
    const { fence } = person
    if (expected.some(({ what }) => what === 'waits')) await activity.quiet()
    else await activity.until(() => client.ended || client.lines.some((line) => isPongOf(line, fence)))
  }

  /** Takes what a person read since the last time. */
  #collect(who: string, person: Person, mayWait: boolean): string[] {
    const { client, fence, gone } = person
    const lines = client.takeLines()
    const pong = fence === undefined ? -1 : lines.findIndex((line) => isPongOf(line, fence))
    if (pong >= 0) lines.splice(pong, 1)
    if (pong >= 0 || client.ended) person.fence = undefined
    // On the screen a line that comes while a question is open stands behind it, unless it is ended first.
    if (person.told !== '' && lines[0] === person.told) lines.shift()
    if (client.tail !== '' && client.tail !== person.told) lines.push(client.tail)
    person.told = client.tail
    return [
      ...lines.map((line) => `${who} < ${shown(line)}`.trimEnd()),
      ...(client.ended && !gone ? [`${who} is disconnected`] : []),
      ...(person.fence !== undefined && mayWait ? [`${who} waits`] : []),
    ]
  }
}

const newline = 0x0a

function passwordOf(name: string): string {
  return `${name}'s password`
}

/** A question stands behind the last newline, or is the last line in the JSON dialect. */
function isAsking(client: LineClient): boolean {
  return isQuestion(client.tail === '' ? client.lines.at(-1) : shown(client.tail), client.tail === '')
}

function isQuestion(text = '', whole = false): boolean {
  return text.startsWith('{"type":"prompt"') || (!whole && /^(\\e\[\d+m)*\? /.test(`${text} `))
}

/** How many lines there are that were not told yet. */
function lineCount({ client: { lines, tail }, told }: Person): number {
  return lines.length + (tail === '' || tail === told ? 0 : 1)
}

/** A question ends in a space that nobody would see in a file. */
function shown(text: string): string {
  return visible(text).trimEnd()
}
