import type { Pass } from '../commands/terminal.ts'
import { failureText } from '../dialects/failure-text.ts'
import type { Place } from '../dialects/paste.ts'
import type { Connection, ConnectionHandler } from '../session/connection.ts'
import type { HttpPeer } from './http-answers.ts'

/** What is to be said, and where. */
export interface Post {
  /** A channel or a person. */
  readonly to: string
  readonly text: string
  /** The key by which it is said only once. */
  readonly once: string | undefined
}

/** The result of the JSON dialect. */
export type PostResult =
  | {
      readonly ok: true
      readonly data: {
        readonly id: number
        readonly at: string
        readonly lines?: number
        readonly waits?: string
        readonly absent?: readonly string[]
        readonly away?: { readonly name: string; readonly note: string }
      }
    }
  | { readonly ok: false; readonly error: PostError }

export interface PostError {
  readonly code: string
  readonly message: string
  /** After how many seconds it may work. */
  readonly seconds?: number
}

/**
 * The connection of a session for one request by HTTP: it comes in by its token, says one text, and is gone. So whatever holds
 * for a program that says something holds for the request, too: rights, limits, costs, what is counted and what is logged.
 */
export class PostConnection implements Connection {
  readonly begins = 'json'
  readonly telnet = false
  readonly endsAsTelnet = false
  /** Nobody reads here what others say, so the end of the input says nothing of what was read. */
  readonly relayed = true
  readonly waitingLines = 0
  readonly queuedBytes = 0
  readonly address: string
  readonly number: number
  readonly secure: boolean
  readonly place: Place
  readonly pass: Pass
  readonly patience: AbortSignal
  readonly #session: ConnectionHandler
  #come: Buffer = Buffer.alloc(0)
  #ended = false
  #tell: ((result: PostResult | undefined) => void) | undefined

  constructor(
    peer: HttpPeer & Pick<PostConnection, 'address' | 'pass' | 'patience'>,
    session: (connection: Connection) => ConnectionHandler,
  ) {
    this.address = peer.address
    this.number = peer.number
    this.place = peer.place
    this.secure = peer.secure
    this.pass = peer.pass
    this.patience = peer.patience
    this.#session = session(this)
  }

  /** Says it, and ends the session. Never rejects but for a defect. */
  async say({ once, text, to }: Post): Promise<PostResult> {
    try {
      const entered = await this.#ask({ line: '/login' })
      if (!entered.ok) return entered
      return await this.#ask({ say: text, to, ...(once === undefined ? {} : { once }) })
    } finally {
      await this.#session.closed(true)
    }
  }

  /** The result of one line. */
  async #ask(line: object): Promise<PostResult> {
    const result = new Promise<PostResult | undefined>((resolve) => {
      this.#tell = resolve
    })
    if (this.#ended) this.#tell?.(undefined)
    // Without a sign of life: nothing was read.
    else this.#session.receive({ text: JSON.stringify(line) }, false)
    return (
      (await result) ?? {
        ok: false,
        error: { code: 'unavailable', message: failureText({ code: 'unavailable' }) },
      }
    )
  }

  write(chunks: readonly Buffer[]): void {
    this.#come = Buffer.concat([this.#come, ...chunks])
    for (let end = this.#come.indexOf('\n'); end >= 0; end = this.#come.indexOf('\n')) {
      // The dialect's own.
      const line = JSON.parse(this.#come.toString('utf8', 0, end)) as { readonly type: string } & PostResult
      this.#come = this.#come.subarray(end + 1)
      if (line.type === 'result') this.#tell?.(line)
    }
  }

  /** The server ends it. */
  end(): void {
    this.#ended = true
    this.#tell?.(undefined)
  }

  destroy(): void {
    this.end()
  }

  async hideInput(): Promise<'raw'> {
    return 'raw'
  }

  showInput(): void {}

  endPrompt(): void {}

  async drained(): Promise<void> {}

  dropWaiting(): number {
    return 0
  }

  pause(): void {}

  resume(): void {}
}
