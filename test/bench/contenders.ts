import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Cores, isInstalled, type Started, startServer } from './processes.ts'

/** How a server is spoken to; {i} is the client's number, {r} its room's. See load.c. */
export interface Speech {
  readonly hello: string
  readonly helloready: string
  readonly join: string
  readonly joinready: string
  readonly before: string
  readonly after: string
  /** Handshakes at a time: what the server is fastest with. */
  readonly inflight: number
}

/** How a server is started. */
export interface How {
  readonly cores?: Cores
  /** Of our own server. */
  readonly settings?: Readonly<Record<string, string>>
  /** Of Node.js, for our own server. */
  readonly options?: readonly string[]
}

/** A server that is measured. */
export interface Contender {
  readonly name: string
  readonly version: string
  readonly speech: Speech
  /** Starts it in a folder of its own. */
  start(folder: string, port: number, how?: How): Promise<Started>
}

const mainFile = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

/** What nobody is measured with: floods are allowed, and there is room for everybody. */
const unthrottled = {
  PARTYLINE_LIMITS_CONNECTIONS: '20000',
  PARTYLINE_LIMITS_CONNECTIONS_PER_ADDRESS: '0',
  PARTYLINE_LIMITS_BURST: '0',
  // A busy machine takes longer than two minutes for ten thousand logins.
  PARTYLINE_LIMITS_LOGIN_SECONDS: '0',
  // As the hashes of people.ts: a cheaper one takes as long as one of the configured cost, so that nobody learns which it is.
  PARTYLINE_ACCOUNTS_BCRYPT_COST: '4',
  PARTYLINE_LOG_LEVEL: 'warn',
}

/** This server, with a copy of a prepared data directory: see people.ts. */
export function partyline(prepared: string, version: string): Contender {
  return {
    name: 'Partyline',
    version: `Partyline ${version}, Node.js ${process.version}`,
    speech: {
      hello: '/login u{i} password\n',
      helloready: 'What you type goes to',
      join: '/join #c{r}\n',
      joinready: 'What you type goes to',
      before: '',
      after: '\n',
      // Enough to keep the thread that compares passwords busy: what more are half in keeps the garbage collector busy.
      inflight: 50,
    },
    start(folder, port, { cores, settings = {}, options = [] } = {}) {
      const data = mkdtempSync(join(folder, 'data-'))
      cpSync(prepared, data, { recursive: true })
      const args = ['serve', '--host', '127.0.0.1', '--port', String(port), '--data', data]
      const command = [process.execPath, ...options, mainFile, ...args]
      return startServer(command, port, { ...unthrottled, ...settings }, cores)
    },
  }
}

const irc: Speech = {
  hello: 'NICK u{i}\r\nUSER u{i} 0 * :x\r\n',
  // The end of the message of the day, or that there is none.
  helloready: ' 422 ',
  join: 'JOIN #c{r}\r\n',
  joinready: ' 366 ',
  before: 'PRIVMSG #c{r} :',
  after: '\r\n',
  inflight: 1000,
}

const nats: Speech = {
  hello: 'CONNECT {"verbose":false,"pedantic":false,"echo":false}\r\nPING\r\n',
  helloready: 'PONG',
  join: 'SUB c{r} 1\r\nPING\r\n',
  joinready: 'PONG',
  before: 'PUB c{r} 100\r\n',
  after: '\r\n',
  inflight: 64,
}

interface Peer {
  readonly name: string
  readonly program: string
  readonly speech: Speech
  readonly config: (port: number) => string
  readonly command: (file: string) => readonly string[]
}

/** With all limits off that slow somebody down who talks a lot; see docs/benchmarks.md. */
const peers: readonly Peer[] = [
  {
    name: 'ngIRCd',
    program: 'ngircd',
    // Its queue of connections that wait to be accepted is short.
    speech: { ...irc, inflight: 8 },
    config: (port) => `[Global]
Name = chat.test
Info = benchmark
Listen = 127.0.0.1
Ports = ${port}
MotdFile = /nonexistent
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxJoins = 0
MaxNickLength = 16
MaxPenaltyTime = 0
PingTimeout = 3600
[Options]
DNS = no
Ident = no
PAM = no
`,
    command: (file) => ['ngircd', '-n', '-f', file],
  },
  {
    name: 'InspIRCd',
    program: 'inspircd',
    speech: irc,
    config: (port) => `<server name="chat.test" description="benchmark" network="Benchmark">
<admin name="nobody" nick="nobody" email="nobody@chat.test">
<bind address="127.0.0.1" port="${port}" type="clients">
<connect name="everybody" allow="*" timeout="300" pingfreq="3600" fakelag="no" threshold="1000000000"
  commandrate="1000000000" hardsendq="64M" softsendq="64M" recvq="4M" localmax="1000000" globalmax="1000000"
  limit="1000000" maxconnwarn="no" resolvehostnames="no" useident="no">
<performance softlimit="100000" somaxconn="4096" netbuffersize="65534" clonesonconnect="no">
<options prefixquit="" allowzerolimit="yes">
<limits maxnick="16">
<log method="file" type="*" level="none" target="/dev/null">
`,
    command: (file) => ['inspircd', '--runasroot', '--nofork', '--nopid', `--config=${file}`],
  },
  {
    name: 'NATS',
    program: 'nats-server',
    speech: nats,
    config: (port) => `host: 127.0.0.1
port: ${port}
max_connections: 100000
max_pending: 268435456
write_deadline: "60s"
ping_interval: "1h"
logfile: "/dev/null"
`,
    command: (file) => ['nats-server', '-c', file],
  },
]

/** The other servers, as far as they are installed. */
export function installedPeers(): Contender[] {
  return peers
    .filter(({ program }) => isInstalled(program))
    .map(({ name, program, speech, config, command }) => ({
      name,
      version: versionOf(program),
      speech,
      start(folder, port, { cores } = {}) {
        const file = join(folder, `${program}-${port}.conf`)
        writeFileSync(file, config(port))
        return startServer(command(file), port, {}, cores)
      },
    }))
}

function versionOf(program: string): string {
  const [line = program] = spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout.split('\n')
  return line.replace(/^nats-server: v/, 'nats-server ').replace(/-[A-Z+0-9]{6,}.*$/, '')
}
