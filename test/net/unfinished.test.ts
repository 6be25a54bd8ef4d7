import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { byteOfKey, LastBytes } from '../../server/net/unfinished.ts'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'

/** What Unix telnet sends of a text: keys where a byte looks like one, and the wish for a timing mark behind each. */
function byUnixTelnet(text: string): Buffer {
  const keys = new Map([...byteOfKey].map(([key, byte]) => [byte, key]))
  return Buffer.concat(
    [...Buffer.from(text)].map((byte) => {
      const key = keys.get(byte)
      return Buffer.from(key === undefined ? [byte] : [0xff, key, 0xff, 0xfd, 6])
    }),
  )
}

t.test('inside a character every byte of it is wanted, and behind it none', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }), (text) => {
        const last = new LastBytes()
        for (const character of text.toWellFormed()) {
          for (const [index, byte] of Buffer.from(character).entries()) {
            assert.equal(last.wants(byte), index > 0)
            last.note(Buffer.from([byte]))
          }
          for (const byte of byteOfKey.values()) assert.ok(!last.wants(byte))
        }
      }),
    ),
  )
})

t.test('letters that Unix telnet takes for keys arrive, wherever they are cut', async (t) => {
  const server = await TestServer.start({ directory: directoryFor(t) })
  t.teardown(() => server.stop())
  const bob = await server.connect()
  await bob.ask('/nick bob')
  const anna = await server.connect()
  await anna.ask('/nick anna')
  await bob.settled()
  // As it was sent by inetutils 2.4.
  anna.write(Buffer.from('die \xc3\xff\xf3\xff\xfd\x06bung\r\n', 'latin1'))
  await server.activity.quiet()
  t.match(await bob.settled(), [/<~anna> die Übung$/])
  for (const text of ['Übung macht den Meister', 'ярусом улучшается', 'ハロー', 'Ϗ\u{1F683}']) {
    const bytes = Buffer.concat([byUnixTelnet(text), Buffer.from('\r\n')])
    for (let cut = 1; cut < bytes.length; cut += 3) {
      anna.write(bytes.subarray(0, cut))
      await server.activity.quiet()
      anna.write(bytes.subarray(cut))
      await server.activity.quiet()
      t.match(await bob.settled(), [`<~anna> ${text}`], `${text}, cut at ${cut}`)
    }
  }
  anna.write(Buffer.from('dropped\xff\xf4\xff\xfd\x06kept\r\n', 'latin1'))
  await server.activity.quiet()
  t.match(await bob.settled(), [/<~anna> kept$/], 'and a key is one elsewhere')
})

t.test('half a letter is never said, and it is told what helps', async (t) => {
  const server = await TestServer.start({ directory: directoryFor(t) })
  t.teardown(() => server.stop())
  const bob = await server.connect()
  await bob.ask('/nick bob')
  const anna = await server.connect()
  anna.write('/nick anna\r\n')
  await server.activity.until(() => anna.raw.includes('goes to'))
  anna.takeLines()
  for (const lost of ['\xd1\xd0\xbe\xd1\x80\xd0\xbe\xd1\x88\xd0\xbe', 'caf\xc3', 'die \xc3 bung']) {
    anna.write(Buffer.from(`${lost}\r\n`, 'latin1'))
    await server.activity.until(() => anna.lines.length > 0)
    t.match(anna.takeLines(), [/^! That line is not valid UTF-8.*minus before the port/])
  }
  await bob.settled()
  t.notMatch(bob.raw, /<~anna>/)
})
