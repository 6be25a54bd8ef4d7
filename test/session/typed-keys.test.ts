import t from 'tap'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'

/* Keys as bytes, from a client that sends each key by itself: what is said, answered and kept secret. One server for all of it. */

t.test('keys as bytes', async (t) => {
  const server = await TestServer.start({ directory: directoryFor(t) })
  t.teardown(() => server.stop())
  const watcher = await server.connect()
  await watcher.ask('/signup filer\nsecret123\nsecret123')
  await watcher.ask('/join #tea')
  await watcher.ask('/token ci write #tea')
  const [token = ''] = /\b[A-Z0-9]{32}\b/.exec(watcher.raw) ?? []
  /** Sends it in these pieces; answers what the watcher has read of it. */
  const said = async (client: { write(bytes: string | Buffer): void }, ...pieces: (string | Buffer)[]) => {
    const before = watcher.raw.length
    for (const piece of pieces) {
      client.write(piece)
      await server.activity.quiet()
    }
    return watcher.raw.slice(before)
  }
  const guest = async (name: string, ending: string) => {
    const client = await server.connect()
    client.write(`/nick ${name}${ending}/join #tea${ending}`)
    await server.activity.quiet()
    return client
  }

  t.test('a person who ends lines in CR edits them, and is answered in kind', async (t) => {
    for (const ending of ['\r\n', '\r', '\r\0']) {
      const how = JSON.stringify(ending)
      const client = await server.connect()
      client.write(`/nick s\x08sam${ending}`)
      client.write(`/join #coffee\x17#tea${ending}`)
      await server.activity.quiet()
      t.match(client.raw, 'You are ~sam', `${how}: also the first line`)
      t.notMatch(client.raw, /[^\r]\n/, `${how}: no staircase`)
      t.match(await said(client, `helpo\x08\x08lo${ending}`), /<~sam> hello\n/, how)
      t.match(await said(client, 'cafe\u0301', '\x7f', `e${ending}`), /<~sam> cafe\n/, `${how}: key by key`)
      t.match(await said(client, `ab\x1b[D\x1b[A${ending}`), /<~sam> ab\n/, `${how}: arrows are no text`)
      t.match(await said(client, `lost\x03kept${ending}`), /<~sam> kept\n/, how)
      t.equal(await said(client, `lost\x15${ending}`), '', `${how}: nothing is left`)
      client.write('/quit\n')
      await client.closing()
    }
  })

  t.test('a question is edited, cancelled, and its answer stays secret', async (t) => {
    const client = await guest('sid', '\r')
    client.write('/login filer\r')
    await server.activity.quiet()
    client.write('secreT\x08t124\x7f3\r')
    await server.activity.quiet()
    t.match(client.raw, 'Welcome back, filer')
    client.write('/passwd\r')
    await server.activity.quiet()
    client.write('\x03')
    await server.activity.quiet()
    t.match(client.raw, 'Cancelled')
    const sofar = client.raw
    client.write('\x03')
    await server.activity.quiet()
    t.equal(client.raw, sofar, 'Ctrl-C where nothing was typed and nothing asked')
    t.notMatch(client.raw + watcher.raw, 'secret12')
    client.write('/quit\r')
    await client.closing()
  })

  t.test('what a script says stays text', async (t) => {
    const script = await guest('joe', '\n')
    t.match(await said(script, '| progress\x15/nick evil\n'), /<~joe> \| progress\/nick evil\n/)
    t.match(await said(script, 'one\x08two\x17three\x03\n'), /<~joe> onetwothree\n/)
    t.notMatch(script.raw, '\r')
    t.match(await said(script, 'typed\x08\r\n'), /<~joe> type\n/, 'each line by its own end')
    t.match(await said(script, 'again\x08\n'), /<~joe> again\n/)
    script.write('left\x15over')
    script.end()
    await script.closing()
    await server.activity.quiet()
    t.match(watcher.raw, /<~joe> leftover\n/, 'what ends without a line end, too')
  })

  t.test('a program with a token or in JSON, whatever its lines end in', async (t) => {
    t.ok(token)
    const bot = await server.connect()
    t.match(
      await said(bot, `/login filer ${token}\r\n/msg #tea built\x15/nick evil\r\n`),
      /<filer> built\/nick evil\n/,
      'all in one packet',
    )
    const json = await server.connect()
    json.write(`/format json\r\n/login filer ${token}\r\n{"say":"a\x7fb","to":"#tea","tag":7}\r\n`)
    await server.activity.quiet()
    t.match(json.raw, '"tag":7')
    t.match(watcher.raw, /<filer> ab\n/, 'the key is a character like others')
    json.write('/cancel\x03\r\n')
    await server.activity.quiet()
    t.notOk(json.ended)
  })
})
