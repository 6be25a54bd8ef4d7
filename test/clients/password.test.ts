import t, { type Test } from 'tap'
import { quickSettings, startServer } from '../process/server.ts'
import { type Client, clients, commandOf, ncOpenbsd, testClient } from './clients.ts'
import { staircase } from './screen.ts'
import { openTerminal, type Terminal } from './terminal.ts'

const password = 'Tr0ub4dor-pässword'
/** What is between SGR 8 and SGR 28 (ECMA-48), which a terminal does not show. */
const concealed = /\u001b\[8m([^\u001b]*)\u001b\[28m/g

t.test('a password is not seen while it is typed', { jobs: clients.length }, async (t) => {
  // Nobody's coming and going gets between the lines of a screen.
  const { port } = await startServer(t, { settings: { ...quickSettings, CHANNELS_ANNOUNCE_UP_TO: '0' } })

  for (const [index, client] of clients.entries()) {
    testClient(t, client, async (t) => {
      const name = `person${index}`
      const terminal = openTerminal(t, commandOf(client, port))
      await signUp(terminal, name)
      t.notMatch(visible(terminal), password)
      t.strictSame(secretsIn(terminal), client.hides ? [] : [password, password])

      terminal.type('/logout')
      await terminal.expectLine(`${name} is logged out`)
      terminal.type(`/login ${name}`)
      await terminal.expect('Password: ')
      terminal.type(password)
      await terminal.expectLine('Welcome back')
      await terminal.expectLine('What you type goes to #lobby')
      checkSecondTime(t, client, terminal)

      terminal.type('/ping this is seen')
      await terminal.expectLine('pong this is seen')
      t.match(visible(terminal), '\n/ping this is seen\n* pong', 'what is typed afterwards is seen')
      t.strictSame(staircase(terminal.screen), [], 'every line begins at the left')
      t.notMatch(visible(terminal), /<[\da-f]+>|\uFFFD/, 'nothing odd is on the screen')
    })
  }
})

t.test('a client that ends its lines as telnet does, and is none', async (t) => {
  const { port } = await startServer(t, { settings: quickSettings })
  await testClient(t, ncOpenbsd, async (t) => {
    const terminal = openTerminal(t, [ncOpenbsd.file, '-C', ...ncOpenbsd.args(port)])
    await signUp(terminal, 'anna')
    t.notMatch(visible(terminal), password)
    t.strictSame(secretsIn(terminal), [password, password])
  })
})

async function signUp(terminal: Terminal, name: string): Promise<void> {
  await terminal.expectLine('/quit')
  terminal.type(`/signup ${name}`)
  await terminal.expect('? Password: ')
  terminal.type(password)
  await terminal.expect('? Password again: ')
  terminal.type(password)
  await terminal.expect(`Welcome, ${name}`)
  await terminal.expectLine('What you type goes to #lobby')
}

/** BusyBox hides once a connection; the person is told so before they type. */
function checkSecondTime(t: Test, { hides }: Client, terminal: Terminal): void {
  const seen = visible(terminal)
  const warned = seen.includes('will show what you type')
  if (hides === 'once') {
    t.match(seen, new RegExp(`will show what you type now.*\n\\? Password: ${password}\n`))
  } else {
    t.notOk(warned)
    t.notMatch(seen, password, 'nor the second time')
    t.strictSame(secretsIn(terminal), hides ? [] : [password, password, password])
  }
}

function visible(terminal: Terminal): string {
  return terminal.screen.join('\n')
}

/** The secrets that the terminal was sent; fails to find them where they are not between SGR 8 and SGR 28. */
function secretsIn(terminal: Terminal): string[] {
  const all = terminal.stream.split(password).length - 1
  const hidden = [...terminal.stream.matchAll(concealed)].flatMap(([, text = '']) =>
    text.includes(password) ? [text.trim()] : [],
  )
  return hidden.length === all ? hidden : ['a secret that is not concealed']
}
