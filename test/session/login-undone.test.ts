import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Store } from '../../server/chat/ports/store.ts'
import { StoreUnavailable } from '../../server/chat/ports/store-errors.ts'
import { openStore } from '../../server/store/open.ts'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'

/** A server whose store refuses what is named in `broken`, and bob, who has missed three lines. */
async function begin(t: Test) {
  const directory = directoryFor(t)
  const broken = new Map<PropertyKey, Error>()
  let stored: Store | undefined
  const store = async () => {
    stored = await openStore({ file: join(directory, 'partyline.db'), synchronous: 'off' })
    return new Proxy(stored, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name)
        if (typeof method !== 'function') return method
        return (...args: unknown[]) => {
          const error = broken.get(name)
          return error ? Promise.reject(error) : Reflect.apply(method, target, args)
        }
      },
    })
  }
  const server = await TestServer.start({ directory, store })
  t.teardown(() => server.stop())
  const bob = await server.connect()
  await bob.ask('/signup bob\npassword\npassword')
  const lines = await bob.ask('/token ci all')
  const token = lines.map((line) => /[0-9A-HJKMNP-TV-Z]{32}/.exec(line)?.[0]).find(Boolean) ?? ''
  await bob.ask('/logout')
  const anna = await server.connect()
  await anna.ask('/nick anna')
  for (const line of ['one', 'two', 'three']) await anna.ask(line)
  return { anna, broken, server, store: () => stored as Store, token }
}

t.test('a login that fails behind the point of no return is not done, and loses nothing', async (t) => {
  const { anna, broken, server, token } = await begin(t)
  const bob = await server.connect()
  const faults = [
    ['channelHistory', 'password'],
    ['received', 'password'],
    ['loginAddresses', 'password'],
    ['useToken', token],
    ['channelHistory', token],
  ] as const
  for (const [method, secret] of faults) {
    for (const error of [new StoreUnavailable('not now'), new RangeError('a defect')]) {
      broken.set(method, error)
      const answer = await bob.ask(`/login bob ${secret}`)
      broken.clear()
      const went = answer.some((line) => line.startsWith('* Welcome back'))
      if (went) {
        // What can be done without is: then all of it is there.
        t.ok(error instanceof StoreUnavailable, `${method}: ${answer.join('|')}`)
        await bob.ask('/logout')
        for (const line of ['one', 'two', 'three']) await anna.ask(line)
        continue
      }
      t.match(answer.join('\n'), /^! /m, method)
      t.match((await bob.ask('hello')).join('\n'), /^! /m, `${method}: nobody is logged in behind a no`)
      t.notMatch((await anna.ask('/who')).join('\n'), /^- bob /m)
    }
  }
  const welcome = (await bob.ask('/login bob password')).join('\n')
  t.match(welcome, 'Welcome back, bob')
  for (const line of ['one', 'two', 'three']) t.match(welcome, `> ${line}`, 'it still counts as missed')
})

t.test('a stored zone that this Node does not know', async (t) => {
  const { anna, server, store } = await begin(t)
  await server.stop()
  await server.start()
  // As an account has it that was made under another version of Node.
  await store().setSettings(1, { clock: '12', zone: 'Mars/Olympus' })
  await server.stop()
  await server.start()
  const bob = await server.connect()
  t.match((await bob.ask('/login bob password')).join('\n'), 'Welcome back, bob')
  t.match((await bob.ask('/time')).join('\n'), /[AP]M on \S+ \(UTC\)/)
  await bob.ask('/time 24 Europe/Berlin')
  t.match((await bob.ask('/time')).join('\n'), '(Europe/Berlin)')
  t.ok(anna.ended)
})
