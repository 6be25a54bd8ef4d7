import { connect, type Socket } from 'node:net'
import { dirname } from 'node:path'
import * as z from 'zod'
import { lockOf } from '../../data/places.ts'
import { lockFile } from '../../lib/file-lock.ts'
import { atShortPath, ControlError, controlPath, doorsOf, isOwnFolder, openDoor } from './door.ts'

export { ControlError, controlPath } from './door.ts'

const requestSchema = z.object({
  action: z.string(),
  options: z.record(z.string(), z.unknown()).default({}),
})

/** A request of the operator's command line to a server: one JSON object in a line; the answer is one line, too. */
export type ControlRequest = z.output<typeof requestSchema>

export type ControlAnswer =
  | { readonly ok: true; readonly data: unknown }
  | { readonly ok: false; readonly code: string; readonly message: string }

/** Runs a request. */
export type Answer = (request: ControlRequest) => Promise<ControlAnswer>

/** The socket of a process that has the data directory to itself. */
export interface Control {
  /** The path of the socket; undefined if there is none. */
  readonly path: string | undefined
  /** Starts to answer requests; earlier requests have waited for this. */
  serve(answer: Answer): void
  /** Accepts no more requests; resolves when all accepted ones are answered. */
  finish(): Promise<void>
  /**
   * Closes the socket, releases the data directory by `release`, and disconnects the command lines that wait for an
   * answer: they can now work in the data directory themselves.
   */
  close(release?: () => Promise<void>): Promise<void>
}

/** Another server uses the data directory. */
export class DataDirectoryInUse extends Error {
  override readonly name = 'DataDirectoryInUse'
}

/** A server that does not answer within this time hangs, unless the request takes long (ms). */
const answerMs = 60_000
const longMs = 24 * 3_600_000
const long: ReadonlySet<string> = new Set(['compact', 'eraseuser', 'lookatfiles', 'prune'])
/** The longest request, more than any needs (bytes). */
const maxRequestBytes = 1 << 20
/** The request to release the data directory: a command does so when it is done, a server does not. */
const release = 'release'

/**
 * Listens for the operator's command line. The caller already has the data directory to itself. @throws
 * {ControlError}
 */
export async function listenForOperator(
  dataDirectory: string,
  holder: 'server' | 'command',
): Promise<Control> {
  const connections = new Connections(holder)
  const door = await openDoor(dataDirectory, (socket) => void connections.receive(socket))
  return {
    path: door.path,
    serve: (answer) => connections.serve(answer),
    finish: () => connections.finish(),
    async close(release) {
      // Do this first: as soon as the directory is released, the socket belongs to somebody else.
      door.close()
      await release?.()
      connections.close()
    },
  }
}

/**
 * Asks the process that has the data directory to release it. A command answers when it has done so; a server
 * refuses. Returns `nobody` if no process listens.
 */
export async function askToRelease(dataDirectory: string): Promise<'released' | 'in-use' | 'nobody'> {
  const answered = await exchangeAt(dataDirectory, { action: release, options: {} })
  if (answered === 'nobody') return 'nobody'
  if (answered === 'forbidden') throw forbidden(dataDirectory)
  return answered === '' ? 'released' : 'in-use'
}

/**
 * Asks the running server; undefined if no server runs with this data directory, or it stopped before it accepted the
 * request.
 * @throws {ControlError}
 */
export async function askServer(
  dataDirectory: string,
  request: ControlRequest,
): Promise<ControlAnswer | undefined> {
  const answered = await exchangeAt(dataDirectory, request)
  if (answered === 'forbidden' && (await isLocked(dataDirectory))) throw forbidden(dataDirectory)
  // The answer comes from this same program.
  return answered === 'nobody' || answered === 'forbidden' || answered === ''
    ? undefined
    : (JSON.parse(answered) as ControlAnswer)
}

/** The socket of another user, whose process may be gone; if the lock cannot be taken, the process still runs. */
async function isLocked(dataDirectory: string): Promise<boolean> {
  const lock = await lockFile(lockOf(dataDirectory)).catch(() => undefined)
  await lock?.release()
  return lock === undefined
}

function forbidden(dataDirectory: string): ControlError {
  return new ControlError(
    `The server that uses ${dataDirectory} cannot be asked: it belongs to another user. Do it as that user.`,
  )
}

/** The connections of command lines; each brings one request. */
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

/** Reads the first line, '' if it is too long; undefined if the peer ends before the line does. */
function firstLine(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const finish = (line: string | undefined) => {
      socket.off('data', take)
      // Ignore further data.
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

/** ENOTSOCK: the path is no socket; the process that opens the data directory reports that. */
const gone: readonly unknown[] = ['ENOENT', 'ECONNREFUSED', 'ENOTSOCK', 'ENOTDIR']

/** Sends a request to the first path where a process listens. */
async function exchangeAt(dataDirectory: string, request: ControlRequest): Promise<string> {
  for (const path of doorsOf(dataDirectory)) {
    // In another folder anybody could have made a socket of that name.
    if (path !== controlPath(dataDirectory) && !isOwnFolder(dirname(path))) continue
    const answered = await exchange(path, request)
    if (answered !== 'nobody') return answered
  }
  return 'nobody'
}

/** Sends a request. Returns the answer, '' if the connection ends without one, or that nobody listens. */
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
          if (gone.includes(error.code)) resolve('nobody')
          else if (error.code === 'EACCES') resolve('forbidden')
          else give(error.message)
        })
        socket.on('close', () => {
          const text = Buffer.concat(chunks).toString()
          resolve(text.endsWith('\n') ? text.trim() : '')
        })
      }),
  )
}
