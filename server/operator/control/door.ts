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

/** Longer paths do not fit into the address of a unix socket: 108 bytes on Linux, 104 elsewhere. */
const maxPathBytes = 100
/** How often a server looks whether its socket is still there. */
const lookMs = 5_000

/** Where a process with this data directory listens for its operator, if sockets can be there. */
export function controlPath(dataDirectory: string): string {
  return join(resolve(dataDirectory), 'control.sock')
}

/** Where to look for the socket: in the data directory, and where it is if that cannot have any. */
export function doorsOf(dataDirectory: string): string[] {
  return [controlPath(dataDirectory), ...placesElsewhere(dataDirectory)]
}

/** A socket that is open for the operator. */
export interface Door {
  /** Where it is; undefined if there can be none. */
  readonly path: string | undefined
  close(): void
}

/**
 * Opens the socket of who has the data directory: what is there in its place is dead. A server's comes back if somebody
 * removes it. Where the file system has no sockets (exFAT, SMB), it is in a folder of this user's own elsewhere.
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
      // Its path is gone already, and another one must not go with it.
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
        // Closing removes the path that was bound, at once; a short way to it is gone by now.
        if (server && isLong(path)) rmSync(path, { force: true })
        server?.close()
      },
    }
  }
  return { path: undefined, close: () => undefined }
}

async function listen(path: string, receive: (socket: Socket) => void): Promise<Server> {
  removeDead(path)
  // Half open: who has sent a request may end its side, and still reads the answer.
  const server = createServer({ allowHalfOpen: true }, receive)
  await atShortPath(
    path,
    (short) =>
      new Promise<void>((listening, reject) => {
        server.once('error', reject)
        // Whoever may write to the database may also speak to the server, and nobody else, not for a moment.
        const before = process.umask(0o177)
        try {
          // Not shared by the processes of a cluster.
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
    // It is there, or it will not be.
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

/** Calls `use` with the path, or with a short way to it, which is there as long as the call takes. */
export async function atShortPath<T>(path: string, use: (short: string) => Promise<T>): Promise<T> {
  if (!isLong(path)) return use(path)
  const [way, remove] = shortWay(dirname(path))
  try {
    return await use(join(way, basename(path)))
  } finally {
    remove()
  }
}

/** A short name for a folder: of this process's own where the kernel has those, or else a link to it. */
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
