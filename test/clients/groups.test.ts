import t from 'tap'
import { runCommand } from '../operator/cli.ts'
import { connectMember } from '../process/person.ts'
import { quickSettings, startServer } from '../process/server.ts'
import { clients, commandOf, testClient } from './clients.ts'
import { staircase } from './screen.ts'
import { openTerminal } from './terminal.ts'

const password = 'good-enough'

// What a person at a terminal types and reads; bob, a program, and carol, on a plain connection, take part.
t.test('groups, requests, talks, contacts, notices and the menu', { jobs: 3 }, async (t) => {
  const server = await startServer(t, { settings: { ...quickSettings, CHANNELS_ANNOUNCE_UP_TO: '0' } })
  await runCommand(t, server.data, ['createsuperuser', 'root'], password)

  for (const [index, client] of clients.entries()) {
    testClient(t, client, async (t) => {
      const bob = await connectMember(t, server.port, `bob${index}`, password)
      bob.type('/format json')
      await bob.settle()
      const carol = await connectMember(t, server.port, `carol${index}`, password)
      const terminal = openTerminal(t, commandOf(client, server.port))
      const anna = `anna${index}`
      await terminal.expectLine('/quit')
      terminal.type(`/signup ${anna}`)
      for (const question of ['? Password: ', '? Password again: ']) {
        await terminal.expect(question)
        terminal.type(password)
      }
      await terminal.expectLine('What you type goes to #lobby')
      /** Types a line and waits for the last line of its answer. */
      const ask = async (line: string, answer: string) => {
        terminal.type(line)
        await terminal.expectLine(answer)
      }

      await ask(`/create #cn${index} private bob${index} carol${index}`, 'private. You are its admin.')
      const [, request] = await bob.expect(/"type":"invited".*"request":(\d+)/)
      bob.type(`/accept ${request}`)
      await terminal.expectLine(`bob${index} accepted your invitation`)
      const [, other] = await carol.expect(/\/reject (\d+)/)
      carol.type(`/reject ${other}`)
      await terminal.expectLine(`carol${index} rejected your invitation`)
      terminal.type('hello group')
      await bob.expect(/"type":"message".*"text":"hello group"/)
      await ask(`/mute #cn${index} bob${index} 10m`, `bob${index} cannot speak`)
      bob.type(`/msg #cn${index} but why`)
      await bob.expect('"ok":false')
      await ask(`/unmute #cn${index} bob${index}`, `bob${index} may speak`)
      await ask(`/promote #cn${index} bob${index}`, `a moderator of #cn${index}`)
      await ask(`/transfer #cn${index} bob${index}`, `is now the admin of #cn${index}`)
      t.pass('a group: made, asked into, spoken in, led and handed on')

      carol.type(`/create #tea${index} ${anna}`)
      const [, mine] = await terminal.expect(/invites you into #tea\d+: \/accept (\d+)[^\n]*\n/)
      await ask('/requests', '1 request')
      await ask(`/accept ${mine}`, `What you type goes to #tea${index}`)
      t.pass('a request, read and accepted')

      await ask(`/chat bob${index}`, `bob${index} is asked`)
      bob.type(`/chat ${anna}`)
      await terminal.expectLine('you are allowed to chat now')
      // Enter: from here on it goes to bob.
      terminal.type('')
      terminal.type('just us')
      await bob.expect(/"text":"just us".*"to":/)
      await ask('@end', 'The private talk')
      await bob.expect('"type":"unpaired"')
      t.pass('a private talk, begun by both and ended')

      await ask(`/contact add bob${index}`, 'among your contacts')
      await ask('/contacts watch on', 'told')
      bob.type('/away')
      await terminal.expectLine(`bob${index} is away`)
      await ask(`/block carol${index}`, 'You hear nothing from')
      carol.type(`/msg ${anna} hello?`)
      await carol.settle()
      await runCommand(t, server.data, ['notice', `water off ${index}`])
      await terminal.expectLine(`NOTICE <root> water off ${index}`)
      await ask('/notices', 'notice')
      t.pass('contacts, a block and a notice')

      terminal.type('/menu')
      await terminal.expect('? Your choice: ')
      terminal.type('16')
      await terminal.expectLine('That is your profile')
      await terminal.expect('? Your choice: ')
      await ask('c', 'Back in the chat')
      await ask('MEMBERS ONLINE', `#tea${index}`)
      terminal.type('QUIT')
      await terminal.expectLine('Goodbye')
      t.notMatch(terminal.screen.join('\n'), /hello\?/, 'who is blocked is not heard')
      // A row that goes on begins with two spaces.
      const rows = staircase(terminal.screen).filter((line) => !/^ {2}\S/.test(line))
      t.strictSame(rows, [], 'every line begins at the left')
    })
  }
})
