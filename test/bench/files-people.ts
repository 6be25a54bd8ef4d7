import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

/** What the benchmark reads of a line of JSON. */
interface Line {
  readonly type: string
  readonly tag?: number
  readonly ok?: boolean
  readonly data?: object
  readonly text?: string
}

/** How often somebody says something while the latency is measured, in ms. */
const everyMs = 5

/** A member who chats. */
export class Person {
  readonly name: string
  readonly #socket: Socket
  readonly #answers = new Map<number, (line: Line) => void>()
  #tag = 0
  /** Told the text of every message that comes. */
  onMessage: (text: string) => void = () => {}

  private constructor(socket: Socket, name: string) {
    this.#socket = socket
    this.name = name
  }

  static async signUp(port: number, name: string): Promise<Person> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    socket.setNoDelay(true)
    const person = new Person(socket, name)
    const joined = new Promise<void>((resolve, reject) => {
      createInterface({ input: socket }).on('line', (text) => {
        const line = JSON.parse(text) as Line
        if (line.type === 'prompt') person.#say('a long password')
        else if (line.type === 'message') person.onMessage(line.text ?? '')
        else if (line.type === 'result' && line.tag !== undefined) person.#answers.get(line.tag)?.(line)
        else if (line.type === 'result' && !line.ok) reject(new Error(text))
        else if (line.type === 'result' && line.data && 'recoveryCode' in line.data) resolve()
      })
    })
    person.#say('/format json')
    person.#say(`/signup ${name}`)
    await joined
    return person
  }

  /** Gives a command, and answers the data of its result. */
  async ask<T>(command: string): Promise<T> {
    const tag = ++this.#tag
    const line = await new Promise<Line>((resolve) => {
      this.#answers.set(tag, resolve)
      this.#say(JSON.stringify({ line: command, tag }))
    })
    this.#answers.delete(tag)
    if (!line.ok) throw new Error(`${command}: ${JSON.stringify(line)}`)
    return line.data as T
  }

  leave(): void {
    this.#socket.destroy()
  }

  #say(line: string): void {
    this.#socket.write(`${line}\n`)
  }
}

/** How long messages from one person to another take, in ms, as long as something goes on. */
export async function latencies(from: Person, to: Person, during: Promise<unknown>): Promise<number[]> {
  const sent: number[] = []
  const taken: number[] = []
  let over = false
  const end = () => {
    over = true
  }
  during.then(end, end)
  const arrived = new Promise<void>((resolve) => {
    to.onMessage = (text) => {
      const at = sent[Number(text)]
      if (at !== undefined) taken.push(performance.now() - at)
      if (over && taken.length === sent.length) resolve()
    }
  })
  const answers: Promise<unknown>[] = []
  do {
    await sleep(everyMs)
    sent.push(performance.now())
    answers.push(from.ask(`/msg ${to.name} ${sent.length - 1}`))
  } while (!over)
  await Promise.all([arrived, ...answers])
  await during
  return taken
}
