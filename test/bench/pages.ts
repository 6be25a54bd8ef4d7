/*
 * `npm run bench:pages [connections] [messages]`: what pages cost beside programs that speak JSON over TCP. Both sit in one
 * channel and hear what one of them says; memory is what the process has in its working set after a collection, beside what
 * it had before they came.
 */
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, startServer } from './processes.ts'

const connections = Number(process.argv[2] ?? 1000)
const messages = Number(process.argv[3] ?? 300)

const folder = mkdtempSync(join(tmpdir(), 'partyline-pages-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

/** A frame as a browser sends it: masked, here by nothing. */
function frame(text: string): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([Buffer.from([0x81, 0x80 | bytes.length, 0, 0, 0, 0]), bytes])
}

interface Kind {
  readonly name: string
  open(ports: { chat: number; page: number }): Socket
  line(text: string): Buffer
}

const kinds: readonly Kind[] = [
  {
    name: 'JSON over TCP',
    open({ chat }) {
      const socket = connect(chat, '127.0.0.1')
      socket.write('/format json\n')
      return socket
    },
    line: (text) => Buffer.from(`${text}\n`),
  },
  {
    name: 'pages',
    open({ page }) {
      const socket = connect(page, '127.0.0.1')
      socket.write(
        `GET /socket HTTP/1.1\r\nHost: 127.0.0.1:${page}\r\nOrigin: http://127.0.0.1:${page}\r\nConnection: Upgrade\r\n` +
          'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      )
      return socket
    },
    line: frame,
  },
]

interface Usage {
  readonly rss: number
  readonly cpu: number
}

/** Kibibytes, and seconds of processor time of all threads. */
function usageOf(pid: number): Usage {
  const [, rss = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return { rss: Number(rss), cpu: (Number(fields[11]) + Number(fields[12])) / 100 }
}

async function collected(pid: number): Promise<Usage> {
  // The server collects when it is told so, and then once more what that left.
  for (let round = 0; round < 3; round++) {
    process.kill(pid, 'SIGUSR2')
    await sleep(500)
  }
  return usageOf(pid)
}

async function heard(sockets: readonly Socket[], bytes: () => number, wanted: number): Promise<void> {
  while (bytes() < wanted) {
    if (sockets.some(({ destroyed }) => destroyed)) throw new Error('A connection was closed')
    await sleep(20)
  }
}

async function measure({ line, name, open }: Kind): Promise<{ name: string; memory: number; cpu: number }> {
  const [chat, page] = [await freePort(), await freePort()]
  const file = join(folder, 'partyline.yaml')
  writeFileSync(file, `web: {listen: [{host: 127.0.0.1, port: ${page}}]}\n`)
  const probe = "process.on('SIGUSR2',()=>globalThis.gc())"
  const node = ['node', '--expose-gc', `--import=data:text/javascript,${encodeURIComponent(probe)}`]
  const serve = ['dist/main.js', 'serve', '--config', file, '--host', '127.0.0.1', '--port', String(chat)]
  const data = mkdtempSync(join(folder, 'data-'))
  const server = await startServer([...node, ...serve, '--data', data], chat, {
    PARTYLINE_LIMITS_CONNECTIONS: String(connections + 10),
    PARTYLINE_LIMITS_BURST: '0',
    PARTYLINE_LIMITS_LOGIN_SECONDS: '0',
    PARTYLINE_CHANNELS_ANNOUNCE_UP_TO: '0',
    PARTYLINE_LOG_LEVEL: 'warn',
  })
  try {
    await sleep(1_000)
    const before = await collected(server.pid)
    const sockets: Socket[] = []
    let bytes = 0
    for (let index = 0; index < connections; index++) {
      const socket = open({ chat, page })
      const welcome = once(socket, 'data')
      socket.on('data', (chunk: Buffer) => {
        bytes += chunk.length
      })
      await welcome
      socket.write(line(`/nick g${index}`))
      sockets.push(socket)
    }
    await sleep(3_000)
    const idle = await collected(server.pid)
    const [first] = sockets
    bytes = 0
    const text = 'x'.repeat(60)
    for (let message = 0; message < messages; message++) {
      first?.write(line(text))
      // As a busy channel, and not as a flood.
      if (message % 10 === 9) await sleep(50)
    }
    await heard(sockets, () => bytes, messages * (connections - 1) * 60)
    await sleep(500)
    const busy = usageOf(server.pid)
    for (const socket of sockets) socket.destroy()
    return { name, memory: (idle.rss - before.rss) / connections, cpu: busy.cpu - idle.cpu }
  } finally {
    await server.stop()
  }
}

for (const kind of kinds) {
  const { cpu, memory, name } = await measure(kind)
  const each = ((cpu * 1e6) / (messages * connections)).toFixed(2)
  process.stdout.write(`${name}: ${memory.toFixed(1)} KiB a connection, ${each} µs a delivery\n`)
}
process.exit(0)
