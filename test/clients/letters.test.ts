import t from 'tap'
import { connectGuest } from '../process/person.ts'
import { quickSettings, startServer } from '../process/server.ts'
import { busyboxTelnet, commandOf, inetutils, testClient } from './clients.ts'
import { openTerminal } from './terminal.ts'

/** Every letter of Latin-1, Greek and Cyrillic. */
const letters = [...Array(0x530 - 0xc0).keys()]
  .map((index) => String.fromCodePoint(index + 0xc0))
  .filter((letter) => /\p{L}/u.test(letter) && /[\u00C0-\u00FF\u0370-\u03FF\u0400-\u052F]/.test(letter))

/**
 * Bytes that inetutils keeps for itself as long as nobody has agreed on BINARY with it: for 0x85 (Ctrl-E) it sends nothing, and
 * from 0x9D (Ctrl-]) on the line is a command of its own. No server can know which of them it was.
 */
const kept = (letter: string) => [0x85, 0x9d].includes(Buffer.from(letter).at(-1) ?? 0)

const settings = {
  ...quickSettings,
  LIMITS_CONNECTIONS_PER_ADDRESS: '0',
}

t.test('every letter arrives whole or not at all, by a guest on a listener for everybody', async (t) => {
  const { port } = await startServer(t, { settings })
  const friend = await connectGuest(t, port, 'friend')
  const join = async (client: typeof inetutils, nick: string) => {
    const terminal = openTerminal(t, commandOf(client, port))
    await terminal.expectLine('/quit')
    terminal.type(`/nick ${nick}`)
    await terminal.expectLine('What you type goes to #lobby')
    return terminal
  }

  await testClient(t, busyboxTelnet, async (t) => {
    const terminal = await join(busyboxTelnet, 'busy')
    for (let at = 0; at < letters.length; at += 30) {
      const text = letters.slice(at, at + 30).join('')
      terminal.type(text)
      await friend.expect(`<~busy> ${text}\n`)
    }
    t.pass('as it was typed')
  })

  await testClient(t, inetutils, async (t) => {
    // Each of the first ones by a new client, of which nothing is known.
    for (const [index, letter] of ['Ü', 'à', 'у', 'я', 'К', 'М', 'σ', 'Ϗ'].entries()) {
      const terminal = await join(inetutils, `new${index}`)
      terminal.type(`die ${letter}bung`)
      await friend.expect(`<~new${index}> die ${letter}bung\n`)
    }
    // What it keeps for itself is refused whole.
    const plain = await join(inetutils, 'plain')
    plain.type('die \u0445bung')
    await plain.expectLine('minus before the port')
    plain.type('whole')
    await friend.expect('<~plain> whole\n')
    t.notMatch(friend.output.text, /<~plain> (?!whole)/)
    // Once a letter was taken for a key it is known, and from then on all of them are letters.
    const known = await join(inetutils, 'known')
    known.type('Ü')
    await friend.expect('<~known> Ü\n')
    known.type('/ping')
    await known.expectLine('pong')
    for (let at = 0; at < letters.length; at += 30) {
      const text = letters.slice(at, at + 30).join('')
      known.type(text)
      await friend.expect(`<~known> ${text}\n`)
    }
    t.ok(letters.some(kept), 'those that it keeps for itself, too')
    // What it is told helps: a minus before the port has it say what it is.
    const binary = openTerminal(t, ['inetutils-telnet', '--', '127.0.0.1', `-${port}`])
    await binary.expectLine('/quit')
    binary.type('/nick binary')
    await binary.expectLine('What you type goes to #lobby')
    binary.type('хорошо, Нина')
    await friend.expect('<~binary> хорошо, Нина\n')
  })
})
