import { createHash } from 'node:crypto'
import {
  closeSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { handOver } from '../../lib/ownership.ts'

/** The running server cannot be asked; the message says why. */
export class ControlError extends Error {
  override readonly name = 'ControlError'
}

/** The longest path that fits into the address of a unix socket: 108 bytes on Linux, 104 elsewhere. */
const maxPathBytes = 100
/** How often a server checks that its socket is still there (ms). */
const lookMs = 5_000

/** The path of the operator's socket in this data directory, if the file system has sockets. */
export function controlPath(dataDirectory: string): string {
  return join(resolve(dataDirectory), 'control.sock')
}

/** The possible paths of the socket: in the data directory, and the alternative if sockets cannot be there. */
export function doorsOf(dataDirectory: string): string[] {
  return [controlPath(dataDirectory), ...placesElsewhere(dataDirectory)]
}

/** An open socket for the operator. */
export interface Door {
  /** Its path; undefined if there can be no socket. */
  readonly path: string | undefined
  close(): void
}

/**
 * Opens the socket of the process that has the data directory; an older socket at its path is dead. A server makes
 * its socket again if somebody removes it. If the file system has no sockets (exFAT, SMB), the socket is in a folder
 * of this user elsewhere.
 * @throws {ControlError} if something else is in its place
 */
export async function openDoor(dataDirectory: string, receive: (socket: Socket) => void): Promise<Door> {
  for (const path of doorsOf(dataDirectory)) {
    if (path !== controlPath(dataDirectory) && !isOwnFolder(dirname(path), true)) continue
    let server = await listen(path, receive).catch((error: unknown) => {
      if (error instanceof ControlError) throw error
      return undefined
    })
    if (!server) continue
    const open = { closed: false }
    const timer = setInterval(() => {
      if (isThere(path)) return
      // Its path is gone already, and a new socket of that path must not be removed.
      server?.close()
      server = undefined
      listen(path, receive).then(
        (next) => {
          if (open.closed) next.close()
          else server = next
        },
        () => undefined,
      )
    }, lookMs)
    timer.unref()
    return {
      path,
      close() {
        open.closed = true
        clearInterval(timer)
        // Closing removes the bound path at once, but the short alias of the path no longer exists.
        if (server && isLong(path)) rmSync(path, { force: true })
        server?.close()
      },
    }
  }
  return { path: undefined, close: () => undefined }
}

async function listen(path: string, receive: (socket: Socket) => void): Promise<Server> {
  removeDead(path)
  // Half open: a client may end its side after the request, and still reads the answer.
  const server = createServer({ allowHalfOpen: true }, receive)
  await atShortPath(
    path,
    (short) =>
      new Promise<void>((listening, reject) => {
        server.once('error', reject)
        // Only users who may write to the database may connect to the server, without a gap in time.
        const before = process.umask(0o177)
        try {
          // The processes of a cluster must not share it.
          server.listen({ path: short, exclusive: true }, () => {
            server.off('error', reject)
            listening()
          })
        } finally {
          process.umask(before)
        }
      }),
  )
  server.on('error', () => undefined)
  handOver(path)
  return server
}

function removeDead(path: string): void {
  try {
    if (!lstatSync(path).isSocket()) throw new ControlError(`${path} is no socket. Move it away.`)
    rmSync(path, { force: true })
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

function isThere(path: string): boolean {
  try {
    lstatSync(path)
    return true
  } catch (error) {
    return !isMissing(error)
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

/** In folders for what lives no longer than the machine runs, named by the user and the data directory. */
function placesElsewhere(dataDirectory: string): string[] {
  const users = new Set([process.getuid?.() ?? 0])
  let real = resolve(dataDirectory)
  try {
    real = realpathSync(real)
    users.add(statSync(real).uid)
  } catch {
    // It is not there: nobody listens.
  }
  const name = `${createHash('sha256').update(real).digest('hex').slice(0, 16)}.sock`
  return temporaryFolders().flatMap((folder) =>
    [...users].map((user) => join(folder, `partyline-${user}`, name)),
  )
}

function temporaryFolders(): string[] {
  return [
    ...new Set([process.env['XDG_RUNTIME_DIR'] ?? '', tmpdir(), '/tmp', '/var/tmp', '/dev/shm']),
  ].filter((folder) => folder.startsWith('/'))
}

/** Whether a folder is this user's, or root's, and nobody else can put anything into it. */
export function isOwnFolder(folder: string, make = false): boolean {
  try {
    if (make) mkdirSync(folder, { mode: 0o700 })
  } catch {
    // It exists, or it cannot be made.
  }
  try {
    const { mode, uid } = lstatSync(folder)
    const isDirectory = lstatSync(folder).isDirectory()
    const own =
      uid === (process.getuid?.() ?? 0) || (!make && uid === 0) || (!make && process.getuid?.() === 0)
    return isDirectory && own && (mode & 0o077) === 0
  } catch {
    return false
  }
}

/** Calls `use` with the path, or with a short alias of it, which exists during the call. */
export async function atShortPath<T>(path: string, use: (short: string) => Promise<T>): Promise<T> {
  if (!isLong(path)) return use(path)
  const [way, remove] = shortWay(dirname(path))
  try {
    return await use(join(way, basename(path)))
  } finally {
    remove()
  }
}

/** A short name for a folder: by /proc if the kernel has it, or else a link to the folder. */
function shortWay(folder: string): [way: string, remove: () => void] {
  const descriptor = openSync(folder, 'r')
  const own = `/proc/self/fd/${descriptor}`
  if (isThere(own)) return [own, () => closeSync(descriptor)]
  closeSync(descriptor)
  for (const temporary of temporaryFolders()) {
    try {
      const made = mkdtempSync(join(temporary, 'partyline-'))
      symlinkSync(folder, join(made, 'data'))
      return [join(made, 'data'), () => rmSync(made, { recursive: true, force: true })]
    } catch {
      // The next one may be there.
    }
  }
  throw new ControlError(`The path ${folder} is too long for a socket. Choose a shorter one with --data.`)
}

function isLong(path: string): boolean {
  return Buffer.byteLength(path) > maxPathBytes
}
