import { linkSync, lstatSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import * as z from 'zod'

const requestSchema = z.object({
  action: z.string(),
  options: z.record(z.string(), z.unknown()).default({}),
})

/** What an operator's command line asks of a server: one JSON object in a line, and one line back. */
export type ControlRequest = z.output<typeof requestSchema>

export type ControlAnswer =
  | { readonly ok: true; readonly data: unknown }
  | { readonly ok: false; readonly code: string; readonly message: string }

/** Does what is asked. */
export type Answer = (request: ControlRequest) => Promise<ControlAnswer>

/** The socket of a process that has the data directory to itself. */
export interface Control {
  /** From here on requests are answered; those that came earlier have waited for it. */
  serve(answer: Answer): void
  /** Takes on no more; resolves when all that were taken on are answered. */
  finish(): Promise<void>
  /** Gives the data directory free. Whoever still waits for an answer can do it there. */
  close(): void
}

/** Another server uses the data directory. */
export class DataDirectoryInUse extends Error {
  override readonly name = 'DataDirectoryInUse'
}

/** The running server cannot be asked; the message says why. */
export class ControlError extends Error {
  override readonly name = 'ControlError'
}

/** A server that has the socket and does not answer hangs, unless it was asked for what takes its time. */
const answerMs = 60_000
const longMs = 24 * 3_600_000
const long: ReadonlySet<string> = new Set(['eraseuser', 'lookatfiles', 'prune'])
/** Longer paths do not fit into the address of a unix socket: 108 bytes on Linux, 104 elsewhere. */
const maxPathBytes = 100
/** More than any request needs. */
const maxRequestBytes = 1 << 20
/** Asks whoever has the data directory to give it free: a command does as soon as it is done, a server does not. */
const release = 'release'

/** Where a process with this data directory listens for its operator. */
export function controlPath(dataDirectory: string): string {
  return join(resolve(dataDirectory), 'control.sock')
}

/**
 * Listens for the operator's command line, and marks the data directory as in use. What a killed process left
 * behind is replaced; a command that has the directory is waited for.
 * @throws {DataDirectoryInUse} if a server has it
 */
export async function listenForOperator(
  dataDirectory: string,
  holder: 'server' | 'command',
): Promise<Control> {
  const path = controlPath(dataDirectory)
  const connections = new Connections(holder)
  // Half open: who has sent a request may end its side, and still reads the answer.
  const server = createServer({ allowHalfOpen: true }, (socket) => void connections.receive(socket))
  while (!(await bind(server, path))) {
    const answered = await exchange(path, { action: release, options: {} })
    if (answered === 'nobody') await removeDead(path)
    else if (answered !== '')
      throw new DataDirectoryInUse(
        `Another server uses the data directory ${dataDirectory}. Stop it, or choose another with --data.`,
      )
  }
  return {
    serve: (answer) => connections.serve(answer),
    finish: () => connections.finish(),
    close() {
      // Closing removes the path that was bound, at once. A second removal could hit who comes next.
      if (isLong(path)) rmSync(path, { force: true })
      server.close()
      connections.close()
    },
  }
}

/**
 * Asks the running server; undefined if none runs with this data directory, or it stopped before it took the
 * request on.
 * @throws {ControlError}
 */
export async function askServer(
  dataDirectory: string,
  request: ControlRequest,
): Promise<ControlAnswer | undefined> {
  const answered = await exchange(controlPath(dataDirectory), request)
  // What comes back was written by this very program.
  return answered === 'nobody' || answered === '' ? undefined : (JSON.parse(answered) as ControlAnswer)
}

/** The connections of command lines, of which each brings one request. */
class Connections {
  readonly #holder: 'server' | 'command'
  readonly #sockets = new Set<Socket>()
  readonly #pending = new Set<Promise<unknown>>()
  #serve: (answer: Answer) => void = () => undefined
  #answer = new Promise<Answer>((resolve) => {
    this.#serve = resolve
  })

  constructor(holder: 'server' | 'command') {
    this.#holder = holder
  }

  serve(answer: Answer): void {
    this.#serve(answer)
  }

  async finish(): Promise<void> {
    this.#answer = new Promise(() => undefined)
    await Promise.all([...this.#pending])
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroySoon()
  }

  async receive(socket: Socket): Promise<void> {
    this.#sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => this.#sockets.delete(socket))
    const line = await firstLine(socket)
    if (line === undefined) {
      socket.end()
      return
    }
    const request = requestOf(line)
    if (!request) {
      const message = 'A request is a JSON object in one line: {"action":NAME,"options":{...}}'
      write(socket, { ok: false, code: 'bad-arguments', message })
    } else if (request.action === release) {
      if (this.#holder === 'server') write(socket, inUse)
    } else {
      const pending = this.#answer
        .then((answer) => answer(request))
        .then((answered) => write(socket, answered))
        // An answer that does not fit into a string, for example.
        .catch((error: Error) => write(socket, { ok: false, code: 'internal', message: error.message }))
      this.#pending.add(pending)
      await pending
      this.#pending.delete(pending)
    }
  }
}

const inUse: ControlAnswer = { ok: false, code: 'in-use', message: 'A server has the data directory.' }

function write(socket: Socket, answer: ControlAnswer): void {
  socket.end(`${JSON.stringify(answer)}\n`)
}

/** The first line that comes, '' if it is too long; undefined if the peer ends before the line does. */
function firstLine(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const finish = (line: string | undefined) => {
      socket.off('data', take)
      // What else comes is thrown away.
      socket.resume()
      resolve(line)
    }
    const take = (chunk: Buffer) => {
      const end = chunk.indexOf('\n')
      chunks.push(end < 0 ? chunk : chunk.subarray(0, end))
      bytes += chunk.length
      if (bytes > maxRequestBytes) finish('')
      else if (end >= 0) finish(Buffer.concat(chunks).toString())
    }
    socket.on('data', take)
    socket.once('end', () => finish(undefined))
    socket.once('close', () => finish(undefined))
  })
}

function requestOf(line: string): ControlRequest | undefined {
  try {
    return requestSchema.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}

/** Sends a request. Answers the line that comes back, '' if the connection ends without one, or that nobody listens. */
function exchange(path: string, request: ControlRequest): Promise<string> {
  return atShortPath(
    path,
    (short) =>
      new Promise((resolve, reject) => {
        const socket = connect(short)
        const chunks: Buffer[] = []
        let connected = false
        const give = (why: string) =>
          reject(new ControlError(`The server that uses ${dirname(path)} cannot be asked: ${why}`))
        socket.setTimeout(long.has(request.action) ? longMs : answerMs, () => {
          give('it does not answer.')
          socket.destroy()
        })
        socket.on('connect', () => {
          connected = true
          socket.write(`${JSON.stringify(request)}\n`)
        })
        socket.on('data', (chunk) => chunks.push(chunk))
        socket.on('error', (error: NodeJS.ErrnoException) => {
          if (connected) return
          if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve('nobody')
          else if (error.code === 'EACCES') give('it belongs to another user. Do it as that user.')
          else give(error.message)
        })
        socket.on('close', () => {
          const text = Buffer.concat(chunks).toString()
          resolve(text.endsWith('\n') ? text.trim() : '')
        })
      }),
  )
}

/** Listens there; false if something is there already. */
function bind(server: Server, path: string): Promise<boolean> {
  return atShortPath(
    path,
    (short) =>
      new Promise((resolve, reject) => {
        const failed = (error: NodeJS.ErrnoException) =>
          error.code === 'EADDRINUSE' ? resolve(false) : reject(error)
        server.once('error', failed)
        // Whoever may write to the database may also speak to the server, and nobody else, not for a moment.
        const before = process.umask(0o177)
        try {
          server.listen(short, () => {
            server.off('error', failed)
            resolve(true)
          })
        } finally {
          process.umask(before)
        }
      }),
  )
}

/** Removes the socket that a killed process left behind. */
async function removeDead(path: string): Promise<void> {
  // Another process that starts at this moment may have replaced it already: it is moved, and looked at again.
  const aside = `${path}.${process.pid}`
  try {
    if (!lstatSync(path).isSocket()) throw new ControlError(`${path} is no socket. Move it away.`)
    renameSync(path, aside)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return
    throw error
  }
  try {
    if (await isAlive(aside)) linkSync(aside, path)
  } finally {
    rmSync(aside, { force: true })
  }
}

function isAlive(path: string): Promise<boolean> {
  return atShortPath(
    path,
    (short) =>
      new Promise((resolve) => {
        const socket = connect(short)
        socket.on('connect', () => {
          socket.destroy()
          resolve(true)
        })
        socket.on('error', () => resolve(false))
      }),
  )
}

/** Calls `use` with the path, or with a short way to it, which is there as long as the call takes. */
async function atShortPath<T>(path: string, use: (short: string) => Promise<T>): Promise<T> {
  if (!isLong(path)) return use(path)
  const folder = mkdtempSync(join(tmpdir(), 'partyline-'))
  const short = join(folder, 'data')
  try {
    symlinkSync(dirname(path), short)
    return await use(join(short, basename(path)))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function isLong(path: string): boolean {
  return Buffer.byteLength(path) > maxPathBytes
}
