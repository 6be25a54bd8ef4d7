import t from 'tap'
import { connectGuest } from '../process/person.ts'
import { quickSettings, startServer } from '../process/server.ts'
import { clients, commandOf, testClient } from './clients.ts'
import { staircase } from './screen.ts'
import { ctrlC, openTerminal } from './terminal.ts'

/** A flag of four code points and two joiners, and wide characters. */
const hard = '\u{1F3F3}\uFE0F\u200D\u{1F308} 日本 здравствуй'
/** Without those bytes that inetutils takes for keys before it is known to speak telnet (encoding.test.ts). */
const easy = 'grüße 🎉 ¿qué?'

// One after the other, so that nobody else's coming and going gets between the lines of a screen.
t.test('a person at a terminal', async (t) => {
  const { port } = await startServer(t, { settings: quickSettings })

  for (const [index, client] of clients.entries()) {
    await testClient(t, client, async (t) => {
      const nick = `person${index}`
      const friend = await connectGuest(t, port, `friend${index}`)
      const terminal = openTerminal(t, commandOf(client, port))
      await terminal.expect('Welcome to Partyline')
      await terminal.expectLine('/quit')
      t.pass('is greeted without having said anything')

      terminal.type(`/nick ${nick}`)
      await terminal.expect(`You are ~${nick}`)
      await terminal.expectLine('What you type goes to #lobby')
      await friend.expect(`* ~${nick} joined #lobby`)
      terminal.type(easy)
      await friend.expect(`#lobby <~${nick}> ${easy}\n`)
      friend.type(`${nick}: ${hard}`)
      // Who speaks is in colour where the client says that its terminal has colours.
      await terminal.expectLine(`> ${nick}: ${hard}`)
      t.match(
        terminal.screen.join('\n'),
        `#lobby <~friend${index}> ${nick}: `,
        'both read what the other says',
      )

      terminal.type('/jion #tea')
      await terminal.expectLine('Did you mean /join?')
      terminal.type('/quit see you')
      await terminal.expectLine('Goodbye')
      await friend.expect(`* ~${nick} left #lobby ("see you")`)
      if (client.waitsForKey) terminal.press(ctrlC)
      await terminal.exit
      t.pass('/quit ends the client')

      t.strictSame(staircase(terminal.screen), [], 'every line begins at the left')
      t.notMatch(terminal.screen.join('\n'), /<[\da-f]+>|\uFFFD/, 'nothing odd is on the screen')
    })
  }
})
