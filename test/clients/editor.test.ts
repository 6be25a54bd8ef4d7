import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { Emulator } from '../editor/emulator.ts'
import { until } from '../process/descriptors.ts'
import { connectMember, type Person } from '../process/person.ts'
import { quickSettings, type Server, startServer } from '../process/server.ts'
import { busyboxTelnet, type Client, commandOf, inetutils, ncOpenbsd, plink, testClient } from './clients.ts'
import { openTerminal, type Terminal } from './terminal.ts'

/* The line editor at clients as people have them: half a line, a hundred messages, the rest of the line. What the person sees in
   the end stands in screens/, a file for each client (UPDATE_SCREENS=1 writes them). */

/** How somebody comes to have the editor: by itself, or the terminal sends each key and they ask for it. */
interface Way {
  readonly client: Client
  readonly file: string
  /** A line for a shell. */
  readonly line: (port: number) => string
  readonly asks?: true
}

const commandLine = (client: Client) => (port: number) => commandOf(client, port).join(' ')
const socat: Client = { name: 'socat, key by key', package: 'socat', file: 'socat', args: () => [] }

const ways: readonly Way[] = [
  { client: inetutils, file: 'inetutils-telnet', line: commandLine(inetutils) },
  { client: busyboxTelnet, file: 'busybox-telnet', line: commandLine(busyboxTelnet) },
  { client: plink, file: 'plink', line: commandLine(plink) },
  // As /help editor says.
  {
    client: socat,
    file: 'socat',
    line: (port) => `socat -,icanon=0,echo=0,isig=0 tcp:127.0.0.1:${port}`,
    asks: true,
  },
  {
    client: { ...ncOpenbsd, name: 'nc.openbsd, key by key' },
    file: 'nc',
    line: (port) => `stty -icanon -echo -isig; nc.openbsd 127.0.0.1 ${port}; stty sane`,
    asks: true,
  },
]

/** How the terminal is set up: it edits lines, shows them, and turns CR into LF and back. */
const settings = `stty -a | tr ' ;' '\\n\\n' | grep -xE -e '-?(icanon|echo|icrnl|isig|opost|onlcr)' | sort | tr '\\n' ' '`
const usual = 'echo icanon icrnl isig onlcr opost'

/** What stands on the screen, without what is different each time, and without empty rows. */
async function screenOf(stream: string): Promise<string> {
  const emulator = new Emulator(100, 24, 'code points')
  await emulator.write(stream)
  const rows = [...emulator.above, emulator.lastRow.text].filter((row) => row !== '')
  emulator.dispose()
  return `${rows.join('\n').replace(/\[\d\d:\d\d\]/g, '[hh:mm]')}\n`
}

/** Somebody comes in this way, and has the editor. */
async function come(
  t: Test,
  { port }: Server,
  friend: Person,
  { asks, line }: Way,
  name: string,
): Promise<Terminal> {
  const command = `${line(port)}; found=$(${settings}); echo "settings: $found"`
  const terminal = openTerminal(t, ['sh', '-c', command], 'xterm-256color')
  await terminal.expect('Welcome to Partyline')
  const greeted = Date.now()
  // A line that comes sooner is not typed by a person.
  await until(friend, () => Date.now() - greeted > 600)
  if (asks) {
    terminal.press('/editor on\r')
    await terminal.expect('The server edits the line')
  }
  terminal.press(`/nick ${name}\r`)
  await terminal.expect('What you type goes to #lobby')
  await terminal.expect('#lobby> ')
  return terminal
}

/** Compares the screen with that in screens/. Answers it. */
async function checkScreen(t: Test, stream: string, file: string): Promise<string> {
  const screen = await screenOf(stream)
  const place = new URL(`screens/${file}.txt`, import.meta.url)
  if (process.env['UPDATE_SCREENS'] === '1' || !existsSync(place)) writeFileSync(place, screen)
  t.equal(screen, readFileSync(place, 'utf8'), `the screen is as screens/${file}.txt says`)
  return screen
}

t.test('half a line, a hundred messages, and the rest of the line', async (t) => {
  const server = await startServer(t, { settings: quickSettings })
  const { port } = server
  // One for all: somebody who went would be told to those who come later.
  const friend = await connectMember(t, port, 'friend', 'good-enough')
  /** The clients that this machine has. */
  const there: Way[] = []

  for (const [index, way] of ways.entries()) {
    const { client, file } = way
    await testClient(t, client, async (t) => {
      const room = `#room${index}`
      friend.type(`/create ${room}`)
      await friend.settle()
      const terminal = await come(t, server, friend, way, `person${index}`)
      terminal.press(`/join ${room}\r`)
      await terminal.expect(`${room}> `)

      terminal.press('half a li')
      await terminal.expect('half a li')
      for (let number = 1; number <= 100; number++) friend.type(`message ${number} of 100`)
      await terminal.expect('message 100 of 100')
      await terminal.expect(`${room}> half a li`)
      terminal.press('ne')
      await terminal.expect('ne')
      // Where the cursor is: a letter in the middle, by the arrow key.
      terminal.press('\u001b[D\u001b[D\u001b[D\u001b[DX\u007f\u0005')
      terminal.press('\r')
      await friend.expect(`<~person${index}> half a line\n`)
      terminal.press('/quit\r')
      await terminal.expect('Goodbye')
      let isOver = false
      const exit = terminal.exit.then(() => (isOver = true))
      // nc notices the end when it sends something. What it does not take the shell shows as empty rows.
      let pressedAt = 0
      if (client.waitsForKey)
        await until(friend, () => {
          if (isOver || performance.now() - pressedAt < 200) return isOver
          pressedAt = performance.now()
          terminal.press('\r')
          return false
        })
      await exit

      const screen = await checkScreen(t, terminal.stream, file)
      t.match(screen, `settings: ${usual}`, 'and the terminal is as it was')
      t.notMatch(terminal.stream, /[\u00ff\ufffd]/, 'no byte of telnet was printed')
      // Where nobody presses a key, nc does not notice the end.
      if (!client.waitsForKey) there.push(way)
    })
  }

  const cutOff: Terminal[] = []
  for (const [index, way] of there.entries()) {
    const terminal = await come(t, server, friend, way, `other${index}`)
    terminal.press('half a li')
    await terminal.expect('half a li')
    cutOff.push(terminal)
  }
  server.child.kill('SIGTERM')
  for (const [index, terminal] of cutOff.entries()) {
    await terminal.exit
    const screen = await screenOf(terminal.stream)
    t.match(
      screen,
      /^\* This connection is closed: the server is shutting down\.$/m,
      `${there[index]?.client.name} reads why`,
    )
    t.match(screen, /> half a li$/m, 'what was begun can still be read')
    t.match(screen, new RegExp(`^settings: ${usual}`, 'm'), 'and the terminal is as it was')
    t.equal(terminal.stream.split('\u001b[?2004l').length, 2, 'pastes are not marked any more')
  }
})

t.test('what the keys do, as a person sees it', async (t) => {
  const { port } = await startServer(t, { settings: quickSettings })
  await testClient(t, inetutils, async (t) => {
    const friend = await connectMember(t, port, 'friend', 'good-enough')
    friend.type('/create #tea')
    friend.type('/switch #lobby')
    await friend.settle()
    const terminal = openTerminal(t, commandOf(inetutils, port), 'xterm-256color')
    /** Presses keys, and waits for what they bring to the screen. */
    const press = async (keys: string, seen: string | RegExp) => {
      terminal.press(keys)
      await terminal.expect(seen)
    }
    await terminal.expect('Welcome to Partyline')
    const greeted = Date.now()
    // A line that comes sooner is not typed by a person.
    await until(friend, () => Date.now() - greeted > 600)
    await press('/nick sam\r', '#lobby> ')
    await press('/bell m\t', '/bell mentions')
    await press('\r', 'The bell rings when')
    friend.type('is @sam here')
    await terminal.expect('friend named you in #lobby')
    await press('fri\t', '@friend: ')
    await press('I am\r', /<~sam> @friend: I am|I am\r\n/)
    await friend.expect('<~sam> @friend: I am\n')
    await press('who is in #te\t', '#tea ')
    await press('now\r', '#lobby> ')
    await friend.expect('<~sam> who is in #tea now\n')
    await press(':wave\t', '👋')
    await press('\r', '#lobby> ')
    await friend.expect('<~sam> 👋\n')
    await press('\u001b[A\u001b[A', 'who is in #tea now')
    await press(' again\r', '#lobby> ')
    await friend.expect('<~sam> who is in #tea now again\n')
    await press('\u0012I am', '@friend: I am')
    await press('\r', '#lobby> ')
    await friend.expect('<~sam> @friend: I am\n')
    await press('a line that is dropped', 'dropped')
    // Only what was typed goes.
    await press('\u0003', '\u001b[K')
    await press('/login friend\r', 'Password: ')
    terminal.press('good-en')
    friend.type('in the middle of a question')
    await terminal.expect('in the middle of a question')
    await terminal.expect('Password: ')
    await press('\u0003', 'Cancelled')
    await press('/editor off\r', 'Your terminal edits the line')
    await press('typed as ever\r', 'typed as ever')
    await friend.expect('<~sam> typed as ever\n')
    await press('/editor auto\r', 'The server edits the line')
    await press('/quit\r', 'Goodbye')
    await terminal.exit
    await checkScreen(t, terminal.stream, 'keys')
  })
})
