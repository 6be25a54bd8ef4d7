import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mainFile } from '../process/program.ts'

/** Collects garbage and tells what is left, when it is asked by a message. */
const probe = `
process.on('message', () => {
  gc()
  setImmediate(() => {
    gc()
    const { heapUsed, arrayBuffers, rss } = process.memoryUsage()
    process.send?.({ heap: heapUsed + arrayBuffers, rss })
  })
})
process.channel?.unref()
`

/** In bytes; `heap` with what buffers hold. */
export interface Memory {
  readonly heap: number
  readonly rss: number
}

/** The built program in a process of its own, with a way to look into it. */
export interface FuzzedServer {
  readonly port: number
  readonly data: string
  /** Lines of its log that tell of defects, and what it wrote to standard error. */
  readonly defects: string[]
  readonly crashed: boolean
  memory(): Promise<Memory>
  /** Open descriptors by kind; only on Linux. */
  descriptors(): { sockets: number; all: number }
  /** Stops it; answers its exit code. */
  stop(): Promise<number | null>
}

const settings = {
  ACCOUNTS_BCRYPT_COST: '4',
  STORE_SYNCHRONOUS: 'off',
  LIMITS_BURST: '0',
  LIMITS_SIGNUPS_PER_HOUR: '0',
  FILES_FREE_SPACE_BYTES: '0',
  FILES_ACCOUNT_BYTES: '100000',
  FILES_KEEP_HOURS: '0.005',
  GREETING_DELAY_MS: '0',
  TERMINAL_TIME_ZONE: 'UTC',
  WEB_LISTEN: '[]',
}

export async function startFuzzedServer(): Promise<FuzzedServer> {
  const data = mkdtempSync(join(tmpdir(), 'partyline-fuzz-'))
  const environment = Object.entries(settings).map(([name, value]) => `PARTYLINE_${name}=${value}`)
  const node = ['--expose-gc', '--import', `data:text/javascript,${encodeURIComponent(probe)}`, mainFile]
  const serve = ['serve', '--host', '127.0.0.1', '--port', '0', '--data', data]
  // tap adds NODE_OPTIONS to every process.
  const child = spawn('env', ['-u', 'NODE_OPTIONS', ...environment, process.execPath, ...node, ...serve], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const exit = once(child, 'exit') as Promise<[number | null]>
  const defects: string[] = []
  let crashed = false
  let stopping = false
  child.on('exit', (code, signal) => {
    if (stopping) return
    crashed = true
    defects.push(`The server has ended: ${code ?? signal}`)
  })
  let tail = ''
  let listening: (port: number) => void = () => undefined
  const port = new Promise<number>((resolve) => {
    listening = resolve
  })
  const { stderr, stdout } = child
  if (!stdout || !stderr) throw new Error('There is nothing to read from.')
  stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (tail + text).split('\n')
    tail = lines.pop() ?? ''
    for (const line of lines) {
      const [, found] = /"port":(\d+).*"msg":"listening"/.exec(line) ?? []
      if (found !== undefined) listening(Number(found))
      // 50 is an error, 60 fatal.
      if (/^\{"level":[56]0/.test(line) && defects.length < 20) defects.push(line)
    }
  })
  stderr.setEncoding('utf8').on('data', (text: string) => defects.push(text))
  return {
    port: await port,
    data,
    defects,
    get crashed() {
      return crashed
    },
    async memory() {
      const answer = once(child, 'message')
      child.send('?')
      const [memory] = (await answer) as [Memory]
      return memory
    },
    descriptors() {
      const folder = `/proc/${child.pid}/fd`
      const targets = readdirSync(folder).flatMap((name) => {
        try {
          return readlinkSync(join(folder, name))
        } catch {
          // Closed meanwhile.
          return []
        }
      })
      return { sockets: targets.filter((target) => target.startsWith('socket:')).length, all: targets.length }
    },
    async stop() {
      stopping = true
      child.kill('SIGTERM')
      const [code] = await exit
      process.off('exit', kill)
      rmSync(data, { recursive: true, force: true })
      return code
    },
  }
}
