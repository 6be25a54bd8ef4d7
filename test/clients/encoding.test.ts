import t from 'tap'
import { connectGuest, connectMember } from '../process/person.ts'
import { quickSettings, startServer } from '../process/server.ts'
import { clients, commandOf, inetutils, testClient } from './clients.ts'
import { openTerminal } from './terminal.ts'

/** Every byte that a character of UTF-8 may go on with, 0x80 to 0xBF, is in these (U+2080 to U+20BF). */
const characters = String.fromCodePoint(...Array.from({ length: 0x40 }, (_, index) => 0x2080 + index))
const samples = [characters, '“Ãsa” ещё 日本', 'family \u{1F468}\u200D\u{1F469}\u200D\u{1F467} \u2764\uFE0F']

t.test('what is typed arrives whole', { jobs: clients.length }, async (t) => {
  const raw = await startServer(t, { settings: quickSettings })
  const telnet = await startServer(t, {
    settings: { ...quickSettings, LISTENERS: '[{telnet: true}]' },
  })

  for (const [index, client] of clients.entries()) {
    testClient(t, client, async (t) => {
      const { port } = client.hides === undefined ? raw : telnet
      const friend = await connectGuest(t, port, `friend${index}`)
      const terminal = openTerminal(t, commandOf(client, port))
      await terminal.expectLine('/quit')
      terminal.type(`/nick person${index}`)
      await terminal.expectLine('What you type goes to #lobby')
      for (const sample of samples) {
        terminal.type(sample)
        await friend.expect(new RegExp(`<~person${index}> ${sample}\r?\n`, 'u'))
      }
      t.pass('as it was typed')
    })
  }
})

t.test('on a listener for everybody, once there was a password', async (t) => {
  const { port } = await startServer(t, { settings: quickSettings })
  await testClient(t, inetutils, async (t) => {
    await connectMember(t, port, 'anna', 'a password')
    const friend = await connectGuest(t, port, 'friend')
    const terminal = openTerminal(t, commandOf(inetutils, port))
    await terminal.expectLine('/quit')
    terminal.type('/login anna')
    await terminal.expect('Password: ')
    terminal.type('a password')
    await terminal.expectLine('What you type goes to #lobby')
    for (const sample of samples) {
      terminal.type(sample)
      await friend.expect(`<anna> ${sample}\n`)
    }
    t.pass('as it was typed')
  })
})
