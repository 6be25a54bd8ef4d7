import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { Teardown } from '../process/program.ts'
import { environment } from './environment.ts'

/** A command of the operator's, and what stands on its standard input. */
export interface Order {
  readonly args: readonly string[]
  readonly input: string
}

/** What a command printed, and how it ended. */
export interface Printed {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** What came on a stream up to a NUL. */
class Stream {
  readonly #socket: Socket
  #text = ''
  #whole: (text: string) => void = () => undefined

  constructor(socket: Socket) {
    this.#socket = socket.setEncoding('utf8')
    socket.on('data', (text: string) => {
      this.#text += text
      // The log of a server is written by another way: some of it may come behind the NUL.
      if (this.#text.includes('\0')) this.#whole(this.#text.replace('\0', ''))
    })
  }

  next(): Promise<string> {
    this.#text = ''
    this.#socket.ref()
    return new Promise((resolve) => {
      this.#whole = (text) => {
        this.#socket.unref()
        resolve(text)
      }
    })
  }

  get text(): string {
    return this.#text
  }
}

/**
 * Runs commands of the operator's one after the other in one process, which is begun with the first one and ends with this
 * one. Most of what a command costs is its start: here it takes a tenth. What is about processes (signals, pipes, several at
 * once, the memory they take) starts the program itself.
 */
class Desk {
  readonly #begunBy: readonly string[]
  readonly #env: NodeJS.ProcessEnv
  readonly #child: ChildProcess
  readonly #stdout: Stream
  readonly #stderr: Stream
  #ready: Promise<unknown>

  /** `begunBy` begins the process: a command that ends in doing what stands behind it. */
  constructor(begunBy: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
    this.#begunBy = begunBy
    this.#env = env
    const inherited = Object.entries(process.env).filter(([name]) => !/^(PARTYLINE_|_?TAP|npm_)/.test(name))
    const script = ['--import=./test/support/compile.mjs', 'test/operator/desk-child.ts']
    // tap adds NODE_OPTIONS to every process, so that it cannot be left out here.
    this.#child = spawn('env', ['-u', 'NODE_OPTIONS', ...begunBy, process.execPath, ...script], {
      env: { ...Object.fromEntries(inherited), ...environment, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.#stdout = new Stream(this.#child.stdout as Socket)
    this.#stderr = new Stream(this.#child.stderr as Socket)
    this.#ready = once(this.#child, 'message')
    process.once('exit', this.close)
  }

  readonly close = (): void => {
    process.off('exit', this.close)
    this.#child.kill('SIGKILL')
  }

  /** Never rejects: where the process ends, that is what came of the command. */
  run(order: Order): Promise<Printed> {
    return order.args[0] === 'serve' ? this.#runAlone(order) : this.#runNext(order)
  }

  /** A server that does not start leaves threads, and lines of its log: it has a process of its own. */
  async #runAlone(order: Order): Promise<Printed> {
    const alone = new Desk(this.#begunBy, this.#env)
    try {
      return await alone.#runNext(order)
    } finally {
      alone.close()
    }
  }

  #runNext(order: Order): Promise<Printed> {
    const done = this.#ready.then(() => this.#run(order))
    this.#ready = done
    return done
  }

  async #run(order: Order): Promise<Printed> {
    const child = this.#child
    child.ref()
    child.channel?.ref()
    const over = new AbortController()
    const { signal } = over
    const printed = Promise.all([
      this.#stdout.next(),
      this.#stderr.next(),
      once(child, 'message', { signal }),
    ])
    // At its exit some of what it printed may still be on the way.
    const ended = once(child, 'close', { signal })
    child.send(order)
    const told = await Promise.race([printed, ended.then(() => undefined)])
    // What was not waited for in the end is no error.
    for (const other of [printed, ended]) other.catch(() => undefined)
    over.abort()
    child.channel?.unref()
    child.unref()
    if (!told) {
      if (desk === this) desk = undefined
      return { code: child.exitCode, stdout: this.#stdout.text, stderr: this.#stderr.text }
    }
    const [stdout, stderr, [code]] = told
    return { code: code as number, stdout, stderr }
  }
}

let desk: Desk | undefined

/** A desk of a test's own, such as one that sees other file systems; it ends with the test. */
export function openDesk(t: Teardown, begunBy: readonly string[], env?: NodeJS.ProcessEnv): Desk {
  const own = new Desk(begunBy, env)
  t.teardown(() => own.close())
  return own
}

/** Runs a command there. */
export function runAtDesk(order: Order): Promise<Printed> {
  desk ??= new Desk()
  return desk.run(order)
}
