import t, { type Test } from 'tap'
import { connectGuest, type Person } from '../process/person.ts'
import { quickSettings, startServer } from '../process/server.ts'
import { busyboxTelnet, type Client, commandOf, inetutils, testClient } from './clients.ts'
import { ctrlC, openTerminal, type Terminal } from './terminal.ts'

const escapeKey = '\u001d'

t.test('Ctrl-C at a password leaves the question', async (t) => {
  for (const client of [inetutils, busyboxTelnet]) {
    await testClient(t, client, async (t) => {
      const { friend, terminal } = await twoPeople(t, client)
      terminal.type('/login friend')
      await terminal.expect('Password: ')
      terminal.press(`half${ctrlC}`)
      await terminal.expectLine('Cancelled')
      await checkThatLifeGoesOn(friend, terminal)
      t.notMatch(terminal.screen.join('\n'), 'half')
    })
  }
})

t.test('Ctrl-C while nothing is asked drops the line that has begun, and nothing else', async (t) => {
  await testClient(t, inetutils, async (t) => {
    const { friend, terminal } = await twoPeople(t, inetutils)
    for (const time of ['first', 'second', 'third']) {
      terminal.press(`dropped${ctrlC}`)
      // The terminal's own echo of the key.
      await terminal.expect('^C')
      // What arrives before the server has answered the Ctrl-C is lost; this is behind it.
      terminal.type(`/ping ${time}`)
      await terminal.expectLine(`pong ${time}`)
      await checkThatLifeGoesOn(friend, terminal)
    }
    t.notMatch(friend.output.text, 'dropped')
  })
})

t.test('"Are you there?" is answered', async (t) => {
  await testClient(t, inetutils, async (t) => {
    const { friend, terminal } = await twoPeople(t, inetutils)
    terminal.press(escapeKey)
    await terminal.expect('telnet> ')
    terminal.type('send ayt')
    await terminal.expectLine('Still here')
    await checkThatLifeGoesOn(friend, terminal)
    t.pass('and both still talk')
  })
})

/** A guest at a terminal, and a friend in the same channel. */
async function twoPeople(t: Test, client: Client): Promise<{ friend: Person; terminal: Terminal }> {
  const { port } = await startServer(t, { settings: quickSettings })
  const friend = await connectGuest(t, port, 'friend')
  const terminal = openTerminal(t, commandOf(client, port))
  await terminal.expectLine('/quit')
  terminal.type('/nick anna')
  await terminal.expectLine('What you type goes to #lobby')
  return { friend, terminal }
}

/** What is said is seen, and what is typed is said: after Ctrl-C inetutils shows nothing until it is answered. */
async function checkThatLifeGoesOn(friend: Person, terminal: Terminal): Promise<void> {
  friend.type('do you see this?')
  await terminal.expectLine('> do you see this?')
  terminal.type('yes')
  await friend.expect('#lobby <~anna> yes\n')
}
