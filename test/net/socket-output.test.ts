import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import t from 'tap'
import { SocketWriter } from '../../server/net/socket-output.ts'

t.test('what is joined for one socket stays as it was, however slowly it is read', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('no port')
  const slow = connect(address.port, '127.0.0.1').pause()
  const [toSlow] = (await once(server, 'connection')) as [Socket]
  const quick = connect(address.port, '127.0.0.1').pause()
  const [toQuick] = (await once(server, 'connection')) as [Socket]
  t.teardown(() => server.close())

  const writer = new SocketWriter()
  const said = { slow: '', quick: '' }
  const write = (name: keyof typeof said, socket: Socket, ...texts: string[]) => {
    said[name] += texts.join('')
    writer.write(
      socket,
      texts.map((text) => Buffer.from(text)),
    )
  }
  write('quick', toQuick, 'begins ', 'here. ')
  writer.write(toQuick, [])
  write('quick', toQuick, 'alone. ')
  let count = 0
  // Until the system takes no more, and then so much again that it waits as several writes.
  for (let more = 3; more > 0; count++) {
    write('slow', toSlow, `${count} `.padEnd(1500, 'a'), 'b'.repeat(2500))
    write('quick', toQuick, `${count}: `, 'c')
    if (toSlow.writableLength > 0) more--
  }
  write('slow', toSlow, 'd'.repeat(5000), 'e'.repeat(5000))
  t.ok(toSlow.writableLength > 10_000, 'the slow one has something that waits')
  t.equal(toQuick.writableLength, 0)

  toSlow.end()
  toQuick.end()
  const read = async (socket: Socket) => {
    const chunks: Buffer[] = []
    for await (const chunk of socket) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks).toString()
  }
  t.ok((await read(slow)) === said.slow, 'the slow one reads all of it as it was written')
  t.equal(await read(quick), said.quick)
})
