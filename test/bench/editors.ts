import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startServer } from './processes.ts'

/* What the line editor costs: so many people in one room hear somebody who says 50 messages a second, in turn without and with the
   editor, in one run. Prints the processor time of the server for each, and what a connection that edits holds. */

let received = 0
const people = 1000
const messagesPerSecond = 50
const spanMs = 5_000
const rounds = 2
const port = 7792
const ticksPerSecond = 100

function cpuSeconds(pid: number): number {
  const [, , ...fields] = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /, ') ')
    .split(' ')
  // utime and stime, the 14th and 15th field of proc(5).
  return (Number(fields[10]) + Number(fields[11])) / ticksPerSecond
}

function rssBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) * 1024
}

async function guest(nick: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(`/nick ${nick}\r`)
  await once(socket, 'data')
  socket.on('data', (chunk: Buffer) => {
    received += chunk.length
  })
  return socket
}

async function measured(pid: number, speaker: Socket): Promise<number> {
  await sleep(1_000)
  const before = cpuSeconds(pid)
  const begun = performance.now()
  for (let said = 0; said < (spanMs / 1000) * messagesPerSecond; said++) {
    speaker.write(`message ${said} of somebody who says quite a lot to all of them\r`)
    await sleep(Math.max(0, begun + ((said + 1) * 1000) / messagesPerSecond - performance.now()))
  }
  await sleep(500)
  console.log(`${received} bytes received`)
  received = 0
  return cpuSeconds(pid) - before
}

const data = mkdtempSync(join(tmpdir(), 'partyline-editors-'))
const server = await startServer(
  [process.execPath, 'dist/main.js', 'serve', '--port', String(port), '--data', data],
  port,
  {
    PARTYLINE_LIMITS_BURST: '0',
    PARTYLINE_LIMITS_ADDRESS_BURST: '0',
    PARTYLINE_LIMITS_CONNECTIONS: '1100',
    PARTYLINE_WEB_LISTEN: '[]',
    PARTYLINE_CHANNELS_ANNOUNCE_UP_TO: '0',
  },
)
try {
  const listeners: Socket[] = []
  for (let index = 0; index < people; index++) listeners.push(await guest(`p${index}`))
  const speaker = await guest('speaker')
  const all = (line: string) => {
    for (const socket of listeners) socket.write(`${line}\r`)
  }
  const sums = { off: 0, on: 0 }
  for (let round = 1; round <= rounds; round++)
    for (const state of ['off', 'on'] as const) {
      const rss = rssBytes(server.pid)
      all(`/editor ${state}`)
      await sleep(2_000)
      if (round === 1 && state === 'on')
        console.log(
          `memory: ${((rssBytes(server.pid) - rss) / people / 1024).toFixed(1)} KiB more of RSS for each`,
        )
      const seconds = await measured(server.pid, speaker)
      sums[state] += seconds
      console.log(`editor ${state}: ${seconds.toFixed(2)} s of processor time in ${spanMs / 1000} s`)
    }
  console.log(`with the editor ${(sums.on / sums.off).toFixed(2)} times as much`)
  for (const socket of [...listeners, speaker]) socket.destroy()
} finally {
  await server.stop()
  rmSync(data, { recursive: true })
}
