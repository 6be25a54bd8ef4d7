import { join } from 'node:path'
import t from 'tap'
import { StoreUnavailable } from '../../server/chat/ports/store-errors.ts'
import { openStore } from '../../server/store/open.ts'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'

t.test('whose account is deleted only in part is nobody, and is told what is left', async (t) => {
  const directory = directoryFor(t)
  let isBroken = false
  const store = async () => {
    const stored = await openStore({ file: join(directory, 'partyline.db'), synchronous: 'off' })
    return new Proxy(stored, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name)
        if (typeof method !== 'function') return method
        return (...args: unknown[]) =>
          isBroken && name === 'deleteAccount'
            ? Promise.reject(new StoreUnavailable('no room'))
            : Reflect.apply(method, target, args)
      },
    })
  }
  const server = await TestServer.start({ directory, store })
  t.teardown(() => server.stop())
  const [anna, bob] = [await server.connect(), await server.connect()]
  await anna.ask('/signup anna\npassword\npassword')
  await bob.ask('/signup bob\npassword\npassword')
  await anna.ask('hello')
  isBroken = true
  const told = (await anna.ask('/deleteaccount\npassword')).join('\n')
  t.match(told, 'anna is deleted only in part: nobody can use the account any more')
  t.match(told, 'You are logged out.')
  t.match((await anna.ask('still me?')).join('\n'), /^! .*\/login/m, 'it is nobody')
  t.match((await anna.ask('/profile')).join('\n'), /^! /m)
  t.match((await anna.ask('/login anna password')).join('\n'), 'Wrong name or password')
  await bob.settled()
  t.notMatch((await bob.ask('/who')).join('\n'), 'anna', 'and nobody sees it')
  t.match((await anna.ask('/nick gus')).join('\n'), 'gus', 'the connection goes on')
  isBroken = false
  server.clock.advance(60_000)
  await server.activity.quiet()
  await anna.ask('/quit')
  const again = await server.connect()
  t.match(
    (await again.ask('/signup anna\npassword\npassword')).join('\n'),
    /was somebody's name/,
    'the name rests, as nobody has it',
  )
})
