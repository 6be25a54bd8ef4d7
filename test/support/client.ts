import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { StringDecoder } from 'node:string_decoder'
import type { Activity } from './activity.ts'

/** A client as plain as nc: sends lines, and collects what comes. */
export class LineClient {
  readonly #socket: Socket
  readonly #activity: Activity
  readonly #decoder: StringDecoder
  #lines: string[] = []
  #tail = ''
  #raw = ''
  #ended = false
  #closed = false

  private constructor(socket: Socket, activity: Activity, encoding: BufferEncoding) {
    this.#socket = socket
    this.#decoder = new StringDecoder(encoding)
    this.#activity = activity
    socket.on('data', (chunk: Buffer) => this.#take(this.#decoder.write(chunk)))
    socket.on('end', () => {
      this.#ended = true
      activity.note()
    })
    // A reset is the server's right: a test sees it in what came, and in `closed`.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.#closed = true
      activity.note()
    })
  }

  /** `from` is the client's own address; any of 127.0.0.0/8 will do on Linux. With `latin1` each byte is a character. */
  static async connect(
    port: number,
    activity: Activity,
    from = '127.0.0.1',
    encoding: BufferEncoding = 'utf8',
  ): Promise<LineClient> {
    const socket = connect({ port, host: '127.0.0.1', localAddress: from, noDelay: true })
    const client = new LineClient(socket, activity, encoding)
    await once(socket, 'connect')
    return client
  }

  /** Everything that came, as it came. */
  get raw(): string {
    return this.#raw
  }

  /** Whole lines that came and were not taken yet. */
  get lines(): readonly string[] {
    return this.#lines
  }

  /** What came behind the last newline. */
  get tail(): string {
    return this.#tail
  }

  /** The server will send nothing more. */
  get ended(): boolean {
    return this.#ended || this.#closed
  }

  /** Sends a line. */
  send(line: string): void {
    this.write(`${line}\n`)
  }

  write(bytes: string | Buffer): void {
    if (this.#socket.writable) this.#socket.write(bytes)
  }

  /** Sends FIN, and goes on reading until the server has closed its side too. */
  end(): void {
    this.#socket.end()
  }

  /** The line is lost: the server gets a reset. */
  reset(): void {
    this.#socket.resetAndDestroy()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  /** Takes the whole lines that came so far. */
  takeLines(): string[] {
    return this.#lines.splice(0)
  }

  /** Takes what stands behind the last newline, as the Enter of a person does on a terminal. */
  takeTail(): string {
    const tail = this.#tail
    this.#tail = ''
    return tail
  }

  /** Answers the lines that came until everything sent so far is handled. */
  async settled(name = 'settled'): Promise<string[]> {
    const isPong = (line: string) => isPongOf(line, name)
    const ponged = () => {
      this.send(`/ping ${name}`)
      // Each line is looked at once: there may be thousands that nobody has taken.
      let looked = 0
      return this.#activity.until(() => {
        while (!this.ended && looked < this.#lines.length)
          if (isPong(this.#lines[looked++] ?? '')) return true
        return this.ended
      })
    }
    // A question that ends by mistakes drops what had come behind it, also a first ping.
    if (!(await ponged()) && !(await ponged()))
      throw new Error(`No pong came, but ${JSON.stringify([...this.#lines, this.#tail])}`)
    return this.takeLines().filter((line) => !isPong(line))
  }

  /** Sends a line and answers the lines that came of it. */
  ask(line: string): Promise<string[]> {
    this.send(line)
    return this.settled()
  }

  /** Waits until the server has closed the connection, and answers the lines that came. */
  async closing(): Promise<string[]> {
    if (!(await this.#activity.until(() => this.ended))) throw new Error('The connection was not closed')
    return this.takeLines()
  }

  #take(text: string): void {
    this.#activity.note()
    this.#raw += text
    const [tail = '', ...lines] = (this.#tail + text).split('\n').reverse()
    this.#tail = tail
    this.#lines.push(...lines.reverse())
  }
}

/** Whether a line is the answer to `/ping NAME`, in any dialect and colour. */
export function isPongOf(line: string, name: string): boolean {
  if (line.startsWith('{')) return line.includes('"command":"ping"') && line.includes(`"text":"${name}"`)
  return line.replace(/\u001b\[\d+m/g, '').trimEnd() === `* pong ${name}`
}
