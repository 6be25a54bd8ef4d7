import { connect, type Socket } from 'node:net'
import { StringDecoder } from 'node:string_decoder'
import type { Teardown } from './program.ts'

/** What an answer or an event brings: whoever reads it knows what it has to be. */
export type Fields = Record<string, unknown>

export interface Result {
  readonly command: string
  readonly ok: boolean
  readonly data: Fields
  readonly error?: { readonly code: string; readonly message: string }
}

/** A message as events, results and lists have it. */
export interface MessageFields {
  readonly id: number
  readonly at: string
  readonly from: string
  readonly kind: string
  readonly text: string
  readonly channel?: string
  readonly to?: string
}

/** A program that talks in the JSON dialect, and goes on as long as the connection is there. */
export class Talker {
  readonly socket: Socket
  /** Resolves when the connection is gone and all that came is handled. */
  readonly closed: Promise<void>
  /** Calls back for each event, in the order in which they come. */
  onEvent: (event: Fields & { type: string }) => void = () => undefined
  readonly #decoder = new StringDecoder('utf8')
  readonly #asked = new Map<number, (result: Result | undefined) => void>()
  #tail = ''
  /** The first line in JSON has come: from then on there is no other. */
  #begun = false
  #tag = 0
  #gone = false
  /** What came in place of JSON, such as that the server is full. */
  #refusal: string | undefined

  constructor(t: Teardown, port: number) {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.socket = socket
    t.teardown(() => socket.destroy())
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('error', () => undefined)
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#gone = true
        for (const answer of this.#asked.values()) answer(undefined)
        this.#asked.clear()
        resolve()
      })
    })
    socket.write('/format json\n')
  }

  get gone(): boolean {
    return this.#gone
  }

  /**
   * Sends a line, and behind it the answers to what it asks; resolves with its result, or undefined if the connection
   * is lost before.
   */
  ask(line: string, ...answers: string[]): Promise<Result | undefined> {
    if (this.#gone) return Promise.resolve(undefined)
    const tag = ++this.#tag
    return new Promise((resolve) => {
      this.#asked.set(tag, resolve)
      const lines = [JSON.stringify({ line, tag }), ...answers]
      this.socket.write(lines.map((text) => `${text}\n`).join(''))
    })
  }

  /** Asks where the answer has to be a good one. */
  async data(line: string, ...answers: string[]): Promise<Fields> {
    const result = await this.ask(line, ...answers)
    if (!result?.ok)
      throw new Error(
        `${line.split(' ')[0]}: ${JSON.stringify(result ?? this.#refusal ?? 'connection lost')}`,
      )
    return result.data
  }

  #take(chunk: Buffer): void {
    const lines = (this.#tail + this.#decoder.write(chunk)).split('\n')
    this.#tail = lines.pop() ?? ''
    for (const line of lines) {
      // On a busy machine the greeting is there before the first line is.
      if (!this.#begun && line.startsWith('* ')) continue
      this.#begun = true
      if (!line.startsWith('{')) {
        this.#refusal = line
        this.socket.destroy()
        return
      }
      this.#read(JSON.parse(line) as Fields & { type: string })
    }
  }

  #read(object: Fields & { type: string }): void {
    if (object.type !== 'result') {
      this.onEvent(object)
      return
    }
    const tag = Number(object['tag'])
    const answer = this.#asked.get(tag)
    this.#asked.delete(tag)
    answer?.(object as unknown as Result)
  }
}

/** Somebody who has logged in; `signup` makes the account. */
export async function logIn(
  t: Teardown,
  port: number,
  name: string,
  password: string,
  signup = false,
): Promise<{ talker: Talker; welcome: Fields }> {
  const talker = new Talker(t, port)
  const welcome = signup
    ? await talker.data(`/signup ${name}`, password, password)
    : await talker.data(`/login ${name} ${password}`)
  return { talker, welcome }
}
