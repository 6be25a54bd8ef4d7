import { InOrder } from './in-order.ts'
import { type Data, type Frame, type Prompt, type Result, readFrame } from './protocol.ts'
import { isPieceOf, joinedPiece, withoutPieces, withRest } from './rest.ts'
import { waitBefore } from './waits.ts'

/** What of a WebSocket is needed; a test has its own. */
export interface Socket {
  addEventListener(type: 'open' | 'close', listener: () => void): void
  addEventListener(type: 'message', listener: (message: { readonly data: unknown }) => void): void
  send(text: string): void
  close(): void
}

export interface Timers {
  /** Calls `run` once after `ms`; what it returns takes that back. */
  after(ms: number, run: () => void): () => void
}

/** `lost`: tried again `retryInMs` from when it was said, or at once by `retry()`. `offline`: closed because one wants that. */
export type Link =
  | { readonly state: 'connecting' }
  | { readonly state: 'open' }
  | { readonly state: 'offline' }
  | { readonly state: 'lost'; readonly retryInMs: number; readonly attempt: number }

/** Answers a question of the server's; undefined leaves the question, and the command with it. */
export type Answer = (prompt: Prompt) => Promise<string | undefined>

/** A line as docs/protocol.md has it: a command or talk, or a text for a place. */
export type Line =
  | { readonly line: string }
  | { readonly say: string; readonly to: string; readonly once?: string }

interface Asked {
  readonly tag: string
  readonly line: Line
  readonly answer: Answer | undefined
  readonly settle: (result: Result) => void
  /** It asks for more of an answer, which is told when that is whole. */
  readonly isMore: boolean
}

export interface ConnectionParts {
  readonly open: () => Socket
  readonly timers: Timers
  readonly chance?: () => number
  /** The connection is open, lost or tried again. */
  readonly onLink: (link: Link) => void
  /** Whatever is no answer to a line of ours. */
  readonly onFrame: (frame: Frame) => void
}

/** The server says nothing for so long: it is asked whether it is there, and has so long to answer. */
const quietMs = 40_000
const answerMs = 15_000
/** A connection that breaks sooner counts as one more that did not come about: a server that refuses it is not asked at once. */
const steadyMs = 5_000

export const lostCode = 'connection-lost'

const lost: Result = {
  ok: false,
  command: '',
  error: { code: lostCode, message: 'There is no connection to the server just now.' },
}

/**
 * One WebSocket after another: lines with their answers, in order, and events in between. A line that waits for its answer
 * when the connection breaks gets the failure `connection-lost`, and may have been done or not; who needs to know asks again.
 *
 * What asks questions is sent alone: a line behind it would be taken for the answer, also one that asks for more of an answer
 * before.
 */
export class Connection {
  readonly #parts: ConnectionParts
  #socket: Socket | undefined
  #isOpen = false
  #stopped = false
  #attempt = 0
  #tag = 0
  #waiting: Asked[] = []
  /** What has been sent, in the order in which it is answered. */
  #sent: Asked[] = []
  readonly #inOrder: InOrder
  /** What has come of a message that comes in pieces. */
  #piece: Frame | undefined
  #stopRetry: (() => void) | undefined
  #stopWatch: (() => void) | undefined
  #stopSteady: (() => void) | undefined

  constructor(parts: ConnectionParts) {
    this.#parts = parts
    this.#inOrder = new InOrder((run) => parts.timers.after(0, run))
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Opens it, and again whenever it breaks, until `stop`. */
  start(): void {
    this.#stopped = false
    this.#open()
  }

  stop(): void {
    this.#stopped = true
    this.#stopRetry?.()
    this.#drop()
  }

  /** Tries at once, if it is waiting to. */
  retry(): void {
    if (this.#socket || this.#stopped) return
    this.#open()
  }

  /**
   * The machine may have slept, or changed its network: asks whether the server is still there. What failed before says
   * nothing about now: a connection that turns out to be broken is soon tried again.
   */
  check(): void {
    this.#attempt = 0
    if (this.#isOpen) this.#ask()
    else this.retry()
  }

  /** Ends what there is and connects anew: with another cookie the server takes the page for somebody else. */
  reopen(): void {
    this.#attempt = 0
    this.#drop()
    this.#open()
  }

  /** An empty line: a sign of life that does nothing. */
  alive(): void {
    if (this.#isOpen) this.#socket?.send('')
  }

  /** Sends a line; resolves with its answer. Never rejects. */
  request(line: Line, answer?: Answer): Promise<Result> {
    if (!this.#isOpen) return Promise.resolve(lost)
    return new Promise((settle) => {
      this.#tag++
      this.#waiting.push({ tag: String(this.#tag), line, answer, settle, isMore: false })
      this.#sendNext()
    })
  }

  /** Asks for more of an answer, before all that waits. */
  #more(rest: number): Promise<Result> {
    if (!this.#isOpen) return Promise.resolve(lost)
    return new Promise((settle) => {
      this.#tag++
      const line = { line: `/more ${rest}` }
      this.#waiting.unshift({ tag: String(this.#tag), line, answer: undefined, settle, isMore: true })
      this.#sendNext()
    })
  }

  #open(): void {
    this.#stopRetry?.()
    this.#stopRetry = undefined
    this.#parts.onLink({ state: 'connecting' })
    const socket = this.#parts.open()
    this.#socket = socket
    socket.addEventListener('open', () => {
      if (socket !== this.#socket) return
      this.#isOpen = true
      this.#stopSteady = this.#parts.timers.after(steadyMs, () => {
        this.#attempt = 0
      })
      this.#watch()
      this.#parts.onLink({ state: 'open' })
    })
    socket.addEventListener('message', ({ data }) => {
      if (socket !== this.#socket || typeof data !== 'string') return
      this.#watch()
      for (const line of data.split('\n')) if (line !== '') this.#read(line)
    })
    socket.addEventListener('close', () => {
      if (socket === this.#socket) this.#broke()
    })
  }

  #read(line: string): void {
    const frame = readFrame(line)
    if (!frame) return
    if (frame.type === 'prompt') {
      void this.#prompted(frame)
      return
    }
    const [first] = this.#sent
    if (frame.type !== 'result' || first === undefined || frame['tag'] !== first.tag) {
      this.#happened(frame)
      return
    }
    this.#sent.shift()
    const result = resultOf(frame)
    if (first.isMore) first.settle(result)
    else if (result.ok && typeof result.data['rest'] === 'number') {
      const settle = this.#inOrder.begun(first.settle)
      void this.#whole(result).then((whole) => {
        settle(whole)
        this.#sendNext()
      })
    } else this.#inOrder.answered(line.includes('"cut":true') ? wholeOf(result) : result, first.settle)
    this.#sendNext()
  }

  /** A message that comes in pieces is told when it is whole. */
  #happened(frame: Frame): void {
    const before = this.#piece
    const isMore = before !== undefined && isPieceOf(before, frame)
    const whole = isMore ? joinedPiece(before, frame) : frame
    this.#piece = frame['cut'] === true ? whole : undefined
    if (frame['cut'] !== true) this.#inOrder.happened(() => this.#parts.onFrame(whole))
  }

  /** Asks for what did not fit into a result, until it is whole. */
  async #whole(result: Result & { ok: true }): Promise<Result> {
    let { data } = result
    while (typeof data['rest'] === 'number') {
      const more = await this.#more(data['rest'])
      if (!more.ok) return more
      data = withRest(data, more.data)
    }
    return wholeOf({ ...result, data })
  }

  async #prompted(frame: Frame): Promise<void> {
    const [asked] = this.#sent
    const socket = this.#socket
    const text = String(frame['text'] ?? '')
    const answer = await asked?.answer?.({ text, secret: frame['secret'] === true })
    // Meanwhile the question may have ended with its command, or with the connection.
    if (socket === undefined || socket !== this.#socket || asked !== this.#sent[0]) return
    // In an object, so that nothing that is answered is read as JSON or as a command.
    socket.send(answer === undefined ? '/cancel' : JSON.stringify({ line: answer }))
  }

  #sendNext(): void {
    while (this.#socket && this.#isOpen) {
      const [next] = this.#waiting
      const asks = this.#sent.at(-1)?.answer !== undefined
      if (next === undefined || asks) return
      if (next.answer && (this.#sent.length > 0 || this.#inOrder.isWaiting)) return
      this.#waiting.shift()
      this.#sent.push(next)
      this.#socket.send(JSON.stringify({ ...next.line, tag: next.tag }))
    }
  }

  #broke(): void {
    this.#drop()
    if (this.#stopped) return
    const retryInMs = waitBefore(this.#attempt, this.#parts.chance)
    this.#attempt++
    this.#stopRetry = this.#parts.timers.after(retryInMs, () => this.#open())
    this.#parts.onLink({ state: 'lost', retryInMs, attempt: this.#attempt })
  }

  #drop(): void {
    const socket = this.#socket
    this.#socket = undefined
    this.#isOpen = false
    this.#stopWatch?.()
    this.#stopSteady?.()
    socket?.close()
    const unanswered = [...this.#sent, ...this.#waiting]
    this.#sent = []
    this.#waiting = []
    this.#inOrder.drop(lost)
    for (const { settle } of unanswered) settle(lost)
  }

  #watch(): void {
    this.#stopWatch?.()
    this.#stopWatch = this.#parts.timers.after(quietMs, () => this.#ask())
  }

  #ask(): void {
    this.#stopWatch?.()
    this.#stopWatch = this.#parts.timers.after(answerMs, () => this.#broke())
    // Behind a question it would be an answer. An empty line is none, and the server's own signs of life go on.
    const asks = this.#sent.at(-1)?.answer !== undefined
    if (asks) this.#watch()
    else void this.request({ line: '/ping' })
  }
}

function wholeOf(result: Result): Result {
  return result.ok ? { ...result, data: withoutPieces(result.data) as Data } : result
}

function resultOf(frame: Frame): Result {
  const command = String(frame['command'] ?? '')
  if (frame['ok'] === true) return { ok: true, command, data: (frame['data'] ?? {}) as Data }
  const error = (frame['error'] ?? {}) as { code?: unknown; message?: unknown }
  return {
    ok: false,
    command,
    error: { code: String(error.code ?? 'internal'), message: String(error.message ?? '') },
  }
}
