/*
 * `npm run bench:logins [members] [program]`: all members log in at once, as they do after a crash. Says how long the last
 * one waited, how many were refused and had to ask again, and what somebody else's `/ping` took meanwhile.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import bcrypt from 'bcryptjs'
import { nameOf, storeIn } from './people.ts'
import { freePort, startServer } from './processes.ts'

const members = Number(process.argv[2] ?? 1000)
const program = process.argv[3] ?? 'dist/main.js'
/** What whoever was refused waits before the next try. */
const againMs = 1_000

const folder = mkdtempSync(join(tmpdir(), 'partyline-logins-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

/** Accounts with passwords as costly as the server's default. */
async function prepare(directory: string): Promise<void> {
  const store = await storeIn(directory)
  const passwordHash = bcrypt.hashSync('password', 10)
  const since = Date.now() - 3_600_000
  await Promise.all(
    Array.from({ length: members }, (_, client) => {
      const name = nameOf(client)
      const account = { name, key: name, email: undefined, passwordHash, recoveryHash: '', since }
      return store.createAccount({ ...account, operator: false, initialPassword: false, invite: undefined })
    }),
  )
  await store.close()
}

/** What comes, as text, until it has one of these; answers which. */
function reads(socket: Socket, ...wanted: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const take = (chunk: Buffer) => {
      text += chunk.toString()
      const found = wanted.find((one) => text.includes(one))
      if (found === undefined) return
      socket.off('data', take).off('close', lost)
      resolve(found)
    }
    socket.on('data', take)
    const lost = () => reject(new Error(`The connection was closed after ${text.slice(-200)}`))
    socket.once('close', lost)
  })
}

async function comeIn(port: number, name: string): Promise<{ socket: Socket; refused: number }> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  for (let refused = 0; ; refused++) {
    const answer = reads(socket, 'Welcome back', 'Try again')
    socket.write(`/login ${name} password\n`)
    if ((await answer) === 'Welcome back') return { socket, refused }
    await sleep(againMs)
  }
}

const directory = join(folder, 'data')
await prepare(directory)
const port = await freePort()
const configuration = join(folder, 'partyline.yaml')
writeFileSync(configuration, '')
const server = await startServer(
  ['node', program, 'serve', '--config', configuration, '--port', String(port), '--data', directory],
  port,
  {
    PARTYLINE_LIMITS_CONNECTIONS: String(members + 10),
    PARTYLINE_LIMITS_LOGIN_SECONDS: '0',
  },
  'all',
)
const watcher = connect({ port, host: '127.0.0.1', noDelay: true })
watcher.write('/nick watcher\n')
await reads(watcher, 'What you type')
let done = false
const pings: number[] = []
const watching = (async () => {
  while (!done) {
    const begin = performance.now()
    const pong = reads(watcher, '* pong')
    watcher.write('/ping\n')
    await pong
    pings.push(performance.now() - begin)
    await sleep(20)
  }
})()
const begin = performance.now()
const seconds: number[] = []
const people = await Promise.all(
  Array.from({ length: members }, async (_, client) => {
    const person = await comeIn(port, nameOf(client))
    seconds.push((performance.now() - begin) / 1000)
    return person
  }),
)
done = true
await watching
for (const { socket } of people) socket.destroy()
watcher.destroy()
await server.stop()
const at = (values: number[], part: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? 0
const refused = people.reduce((sum, person) => sum + person.refused, 0)
process.stdout.write(
  `${members} members: half are in after ${at(seconds, 0.5).toFixed(1)} s, the last after ${at(seconds, 1).toFixed(1)} s; ` +
    `refused ${refused} times; /ping of somebody else p50 ${at(pings, 0.5).toFixed(1)} ms, ` +
    `p95 ${at(pings, 0.95).toFixed(1)} ms, worst ${at(pings, 1).toFixed(1)} ms\n`,
)
