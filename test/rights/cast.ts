import { cpSync } from 'node:fs'
import type { LineClient } from '../support/client.ts'
import { MemoryStore } from '../support/memory-store.ts'
import { type Overrides, TestServer } from '../support/server.ts'

/*
 * Who is there when somebody tries a command: #tea is a public channel and #den a private one, both led by
 * lea; bob is in both. What is said and sent in #den is about zanzibar. mona is a moderator of #tea, emil is muted there and dora banned. Everybody is asked
 * into #cups by lea. What is tried is tried by anna, or by gina, who is a guest.
 */

/** What somebody who tries a command may be, with regard to #tea where it is about a channel. */
export const states = [
  'visitor',
  'guest',
  'outside',
  'member',
  'moderator',
  'admin',
  'muted',
  'banned',
  'removed',
  'blocked',
  'operator',
  'token read',
  'token write',
  'token of #tea',
  "operator's token",
] as const
export type State = (typeof states)[number]

export const people = ['anna', 'lea', 'bob', 'mona', 'emil', 'dora', 'carl'] as const

export function passwordOf(name: string): string {
  return `${name}'s password`
}

/** What is stored when somebody tries something. */
export interface Stage {
  /** With the files. */
  readonly directory: string
  readonly store: MemoryStore
  /** bob's, with which his password can be set anew. */
  readonly recoveryCode: string
}

/** Makes accounts and channels, in an empty directory. */
export async function prepareStage(directory: string): Promise<Stage> {
  const store = new MemoryStore()
  const server = await TestServer.start({ directory, store: async () => store })
  try {
    const clients = new Map<string, LineClient>()
    let recoveryCode = ''
    for (const name of people) {
      const client = await server.connect()
      clients.set(name, client)
      const password = passwordOf(name)
      const lines = await client.ask(`/signup ${name}\n${password}\n${password}`)
      if (name === 'bob') recoveryCode = /recovery code is ([\w-]+)/.exec(lines.join('\n'))?.[1] ?? ''
    }
    await server.makeOperator('root', passwordOf('root'))
    const client = await server.connect()
    clients.set('root', client)
    const act = async (name: string, ...lines: string[]) => {
      const said = (await clients.get(name)?.ask(lines.join('\n'))) ?? []
      const wrong = said.filter((line) => line.startsWith('!'))
      if (wrong.length > 0) throw new Error(`${name}: ${lines.join(', ')}: ${wrong.join(' ')}`)
    }
    await act('root', `/login root ${passwordOf('root')}`, '/banaddress 192.0.2.0/24')
    await act(
      'lea',
      '/create #den private bob',
      'a secret of the den',
      '/topic #den secrets',
      '/create #cups',
    )
    await act('lea', '/invite #cups anna', '/create #tea', 'hello from lea')
    await act('lea', '/filepaste #tea notes.txt', 'aGVsbG8=', '.')
    await act('lea', '/filepaste #den zanzibar.txt', 'aGVsbG8=', '.')
    await act('bob', '/join #den', '/join #tea')
    for (const name of ['mona', 'emil', 'dora']) await act(name, '/join #tea')
    await act('lea', '/promote #tea mona', '/mute #tea emil', '/ban #tea dora')
    return { directory, store, recoveryCode }
  } finally {
    await server.stop()
  }
}

/** A server on a copy of the stage, with lea and bob logged in. */
export class Scene {
  readonly server: TestServer
  readonly #clients = new Map<string, LineClient>()

  private constructor(server: TestServer) {
    this.server = server
  }

  /** `directory` has to be a new one. */
  static async open(stage: Stage, directory: string, config: Overrides = {}): Promise<Scene> {
    cpSync(stage.directory, directory, { recursive: true })
    const store = async () => stage.store.copy()
    const scene = new Scene(await TestServer.start({ directory, config, store }))
    for (const name of ['lea', 'bob']) await scene.login(name)
    return scene
  }

  async login(name: string): Promise<LineClient> {
    const client = await this.server.connect()
    this.#clients.set(name, client)
    await client.ask(`/login ${name} ${passwordOf(name)}`)
    return client
  }

  /** Somebody in this state, ready to try something; those who are in #tea talk there. */
  async enter(state: State): Promise<LineClient> {
    if (state === 'visitor') return this.server.connect()
    if (state === 'guest') {
      const client = await this.server.connect()
      await client.ask('/nick gina\n/join #tea')
      return client
    }
    if (state === 'operator') return this.login('root')
    if (state === "operator's token") return this.#byToken('root', await this.login('root'), '/token bot')
    const client = await this.login('anna')
    if (state !== 'outside') await client.ask('/join #tea')
    const [who, line] = deeds[state] ?? []
    const deed = who === undefined ? undefined : this.#clients.get(who)
    if (deed && line !== undefined) await deed.ask(line)
    // What anna was told of it is no answer to what is tried next.
    await client.settled()
    const made = tokens[state]
    return made === undefined ? client : this.#byToken('anna', client, made)
  }

  /** Somebody who comes in by a token; what else they are connected by is gone by then. */
  async #byToken(name: string, owner: LineClient, made: string): Promise<LineClient> {
    const [, token = ''] = /: (\w+)$/m.exec((await owner.ask(made)).join('\n')) ?? []
    await owner.ask('/quit')
    const client = await this.server.connect()
    this.#clients.set(name, client)
    await client.ask(`/login ${name} ${token}`)
    // Who fails to go there could say nothing at all.
    if (name !== 'root') await client.ask('/switch #tea')
    return client
  }

  async close(): Promise<void> {
    for (const client of this.#clients.values()) client.reset()
    await this.server.stop()
  }
}

/** How the token is made by which she has come in. */
const tokens: Partial<Record<State, string>> = {
  'token read': '/token bot read',
  'token write': '/token bot write',
  'token of #tea': '/token bot all #tea',
}

/** What makes anna what she is. */
const deeds: Partial<Record<State, readonly [who: string, line: string]>> = {
  moderator: ['lea', '/promote #tea anna'],
  admin: ['lea', '/transfer #tea anna'],
  muted: ['lea', '/mute #tea anna'],
  banned: ['lea', '/ban #tea anna'],
  removed: ['lea', '/remove #tea anna'],
  blocked: ['bob', '/block anna'],
}
