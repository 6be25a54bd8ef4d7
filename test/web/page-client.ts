import { WebSocket } from 'ws'
import { type Call, Chat } from '../../server/web/page/chat/chat.ts'
import type { Put } from '../../server/web/page/chat/uploads.ts'
import { keyOf, type Place } from '../../server/web/page/state/state.ts'
import type { TestServer } from '../support/server.ts'
import { cookieFor, originOf } from './web-client.ts'

/** Waits longer than this are for a connection that is silent or a person who looks: they do not come in a test. */
const longMs = 10_000

/** The page without its looks, on a real WebSocket: what it would wait for comes at once. */
export class PageClient {
  readonly chat: Chat
  readonly calls: Call[] = []
  readonly #server: TestServer
  #socket: WebSocket | undefined
  #cookie: string | undefined
  #keys = 0
  #nick: string | undefined
  #isLeaving = false
  /** Whether the server is there to take the cookie away. */
  canDrop = true
  /** How often a connection was opened. */
  opened = 0
  /** How files are sent: a test of files has its own. */
  put: Put = () => ({ done: Promise.resolve({ status: 0, text: '' }), abort: () => undefined })

  constructor(server: TestServer, name = 'page') {
    this.#server = server
    this.chat = new Chat({
      open: () => {
        this.opened++
        const headers = this.#cookie === undefined ? {} : { Cookie: this.#cookie }
        const url = `ws://127.0.0.1:${server.webPort}/socket`
        const socket = new WebSocket(url, { headers, origin: originOf(server), perMessageDeflate: false })
        socket.on('error', () => undefined)
        this.#socket = socket
        // The types of both have the same members, and other classes of events.
        return socket as unknown as ReturnType<ConstructorParameters<typeof Chat>[0]['open']>
      },
      timers: {
        after(ms, run) {
          if (ms >= longMs) return () => undefined
          const timer = setImmediate(run)
          return () => clearImmediate(timer)
        },
      },
      now: () => Date.parse('2026-11-20T18:00:00Z'),
      cookies: {
        keep: async (ticket) => {
          this.#cookie = await server.activity.during(cookieFor(server, ticket))
          return this.#cookie !== undefined
        },
        drop: async () => {
          if (this.canDrop) this.#cookie = undefined
          return this.canDrop
        },
      },
      leaving: {
        get: () => this.#isLeaving,
        set: (leaving) => {
          this.#isLeaving = leaving
        },
      },
      put: (...sent) => this.put(...sent),
      keyFor: () => `${name}-${++this.#keys}`,
      nick: {
        get: () => this.#nick,
        set: (nick) => {
          this.#nick = nick
        },
      },
      onCall: (call) => this.calls.push(call),
    })
    this.chat.store.watch(() => server.activity.note())
  }

  get cookie(): string | undefined {
    return this.#cookie
  }

  /** As if somebody else had logged in in another tab. */
  takeCookieOf(other: PageClient): void {
    this.#cookie = other.#cookie
  }

  /** As if the page were loaded anew by a browser that has this one's cookie. */
  static reloaded(server: TestServer, before: PageClient): PageClient {
    const client = new PageClient(server, `again ${before.opened}`)
    client.#cookie = before.#cookie
    client.chat.start()
    return client
  }

  static async signedUp(server: TestServer, name: string): Promise<PageClient> {
    const client = new PageClient(server, name)
    client.chat.start()
    await client.until(() => client.chat.state.known)
    const password = `${name}'s password`
    const entered = await client.chat.signUp({ name, email: '', password, again: password, invite: '' })
    if ('error' in entered) throw new Error(JSON.stringify(entered))
    return client
  }

  /** The connection breaks as in a tunnel: without a word. */
  cut(): void {
    this.#socket?.terminate()
  }

  place(name: string): Place {
    const place = this.chat.state.places.get(keyOf(name))
    if (!place) throw new Error(`There is no ${name} in ${[...this.chat.state.places.keys()].join(' ')}`)
    return place
  }

  texts(name: string): string[] {
    return this.place(name).log.messages.map(({ text }) => text)
  }

  async until(done: () => boolean): Promise<void> {
    if (!(await this.#server.activity.until(done)))
      throw new Error(`It did not come: ${JSON.stringify(this.chat.state.link)}`)
  }

  /** Looks at a place, and waits for what was said there. */
  async look(name: string): Promise<void> {
    this.chat.loading.show(name)
    await this.until(() => this.place(name).log.atEnd)
  }
}
