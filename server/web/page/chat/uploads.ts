import { keyOf, type Upload } from '../state/state.ts'
import type { Core } from './core.ts'
import { target } from './loading.ts'

/** What of a browser's File is needed. */
export interface FileLike {
  readonly name: string
  readonly size: number
  slice(from: number): unknown
}

/** How an attempt to send bytes ended: `status` is HTTP's, 0 where there was no answer. */
export interface Sent {
  readonly status: number
  readonly text: string
}

/** Sends `body` by HTTP's PUT; `abort` ends it. */
export type Put = (
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
  onProgress: (bytes: number) => void,
) => { readonly done: Promise<Sent>; readonly abort: () => void }

interface Running {
  readonly number: number
  readonly file: FileLike
  readonly place: string
  token?: string
  id?: number
  abort?: () => void
  cancelled?: true
}

interface Ticket {
  readonly id: number
  readonly token: string
}

/** A file that breaks off is gone on with when the server is there again, as often as that helps. */
const mostTries = 20
const pauseMs = 2000

/** Files on their way to the server: each where it stands, gone on with where a connection broke. */
export class Uploads {
  readonly #core: Core
  readonly #put: Put
  readonly #running = new Map<number, Running>()
  #number = 0

  constructor(core: Core, put: Put) {
    this.#core = core
    this.#put = put
  }

  send(place: string, file: FileLike): void {
    this.#number++
    const running: Running = { number: this.#number, file, place }
    this.#running.set(running.number, running)
    const shown: Upload = {
      number: running.number,
      place: keyOf(place),
      name: file.name,
      size: file.size,
      sent: 0,
      state: 'asking',
    }
    this.#core.change((state) => ({ ...state, uploads: [...state.uploads, shown] }))
    void this.#run(running)
  }

  /** Ends an upload, or takes away what is said of one that has ended. */
  cancel(number: number): void {
    const running = this.#running.get(number)
    if (running) {
      running.cancelled = true
      running.abort?.()
      if (running.id !== undefined) void this.#core.request({ line: `/filedelete ${running.id}` })
    }
    this.#gone(number)
  }

  /** Ends all of them: whoever sends them is not there any more. */
  forget(): void {
    for (const running of this.#running.values()) {
      running.cancelled = true
      running.abort?.()
    }
    this.#running.clear()
  }

  async #run(running: Running): Promise<void> {
    const { number, file, place } = running
    for (let attempt = 0; attempt < mostTries && !running.cancelled; attempt++) {
      if (attempt > 0) {
        this.#show(number, { state: 'waiting' })
        await new Promise<void>((resolve) => this.#core.timers.after(pauseMs, resolve))
        if (running.cancelled) return
      }
      if (running.token === undefined) {
        const asked = await this.#core.request({ line: `/filesend ${target(place)} ${file.name}` })
        if (!asked.ok && asked.error.code === 'connection-lost') continue
        if (!asked.ok) return this.#failed(number, asked.error.message)
        const ticket = asked.data as unknown as Ticket
        running.token = ticket.token
        running.id = ticket.id
      }
      const from = attempt === 0 ? 0 : await this.#offset(running)
      if (from === 'gone') return this.#failed(number, 'The server does not take it any more.')
      if (from === 'unknown') continue
      const sent = await this.#putFrom(running, from)
      if (running.cancelled) return
      if (sent.status >= 200 && sent.status < 300) {
        this.#show(number, { state: 'done', sent: file.size })
        this.#core.timers.after(1500, () => this.#gone(number))
        return
      }
      // Where it stands now is asked for; anything else that is wrong stays wrong.
      const again = sent.status === 0 || sent.status === 409 || sent.status === 416 || sent.status >= 500
      if (!again)
        return this.#failed(number, sent.text.replace(/^! /, '').trim() || `It was refused (${sent.status}).`)
    }
    if (!running.cancelled) this.#failed(number, 'It broke off too often.')
  }

  async #putFrom(running: Running, from: number): Promise<Sent> {
    const { file, number, token = '' } = running
    this.#show(number, { state: 'running', sent: from })
    // A file of no bytes has no last one.
    const range = from === 0 ? {} : { 'Content-Range': `bytes ${from}-${file.size - 1}/${file.size}` }
    const { done, abort } = this.#put(`/put/${token}`, file.slice(from), range, (bytes) =>
      this.#show(number, { sent: Math.min(file.size, from + bytes) }),
    )
    running.abort = abort
    return done
  }

  /** How much of it the server has. */
  async #offset({ token }: Running): Promise<number | 'gone' | 'unknown'> {
    const listed = await this.#core.request({ line: '/files' })
    if (!listed.ok) return 'unknown'
    const uploads = listed.data['uploads'] as readonly { readonly token: string; readonly received: number }[]
    return uploads.find((upload) => upload.token === token)?.received ?? 'gone'
  }

  #failed(number: number, why: string): void {
    this.#running.delete(number)
    this.#show(number, { state: 'failed', why })
  }

  #gone(number: number): void {
    this.#running.delete(number)
    this.#core.change((state) => ({
      ...state,
      uploads: state.uploads.filter((upload) => upload.number !== number),
    }))
  }

  #show(number: number, what: Partial<Upload>): void {
    this.#core.change((state) => ({
      ...state,
      uploads: state.uploads.map((upload) => (upload.number === number ? { ...upload, ...what } : upload)),
    }))
  }
}
