import type { Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { TLSSocket } from 'node:tls'
import type { FileTokens } from '../chat/files/file-tokens.ts'
import type { LostFiles } from '../chat/files/lost-files.ts'
import type { Uploads } from '../chat/files/uploads.ts'
import type { Counts } from '../chat/machine/counts.ts'
import { Failure, type Problem } from '../chat/model/failures.ts'
import { StoreUnavailable } from '../chat/ports/store-errors.ts'
import type { Vault } from '../chat/ports/vault.ts'
import { failureText } from '../dialects/failure-text.ts'
import { type Place, putLine } from '../dialects/paste.ts'
import { progressText, storedLine } from '../dialects/text/files.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../log/log.ts'
import type { FirstLine } from './first-line.ts'
import { endGently } from './linger.ts'
import { receive } from './receive.ts'

/** The parts of the server that transfers use. */
export interface TransferParts {
  readonly fileTokens: FileTokens
  readonly lostFiles: LostFiles
  readonly uploads: Uploads
  readonly vault: Vault
  readonly clock: Clock
  readonly log: Log
  readonly counts: Counts
  /** How long a transfer may stand still; it may change. */
  readonly rules: { readonly stallSeconds: number }
  /** Aborted when the server stops. */
  readonly stopping: AbortSignal
}

/** The peer of a transfer. */
export interface Peer {
  readonly socket: Socket
  readonly address: string
  readonly place: Place
}

/** Serves a connection whose first line is `/put`: its raw bytes go into a file, and one line tells the result. */
export async function takeUpload(
  parts: TransferParts,
  { address, place, socket }: Peer,
  { offset, sha256, size, token }: FirstLine & { kind: 'put' },
): Promise<void> {
  const { clock, counts, log, uploads } = parts
  const say = (line: string) => {
    if (socket.writable) socket.write(`${line}\n`)
  }
  try {
    const upload = await uploads.begin(token, {
      size,
      offset,
      onProgress: (progress) => say(`* ${progressText(progress)}`),
    })
    if (sha256 !== undefined) upload.expect(sha256)
    try {
      await receive(socket, upload, parts)
      const file = await upload.finish()
      log.info({ address, file: file.id, bytes: file.size }, 'upload')
      say(`* ${storedLine(file)}`)
    } catch (error) {
      await upload.breakOff()
      const { file } = upload
      log.info({ address, file: file.id, bytes: file.received }, 'upload broken off')
      const again = file.removed ? [] : [`*   ${putLine(file.token, file.name, place, file.received)}`]
      say([`! ${failureText(problemOf(error, log))}`, ...again].join('\n'))
    }
  } catch (error) {
    counts.transfers.add('upload refused')
    log.warn({ address }, 'upload refused')
    say(`! ${failureText(problemOf(error, log))}`)
  }
  endGently(socket, clock)
}

/**
 * Serves a connection whose first line is `/get`: sends the raw bytes of the file and nothing else, since the peer writes them
 * into a file. If there is no file, or its end cannot be read, the connection is reset: no client takes that for the end of
 * the file.
 */
export async function giveDownload(
  { clock, counts, fileTokens, log, lostFiles, rules, vault }: TransferParts,
  { address, socket }: Peer,
  { offset, token }: FirstLine & { kind: 'get' },
): Promise<void> {
  // Bytes that still come stay unread: they belong to nothing, and are no sign that the peer reads the file.
  socket.pause()
  let begun = false
  try {
    const file = fileTokens.download(token)
    await lostFiles.require(file)
    const { blob, id, size = 0 } = file
    if (offset > size) throw new Failure({ code: 'wrong-offset', offset: size })
    socket.setTimeout(rules.stallSeconds * 1000, () => reset(socket))
    begun = true
    const source = new Source(vault.read(blob, offset, size))
    await pipeline(source.bytes(), socket, { end: false })
    if (source.error !== undefined) throw source.error
    counts.transfers.add('download done')
    log.info({ address, file: id, bytes: size - offset }, 'download')
  } catch (error) {
    if (!socket.destroyed) problemOf(error, log)
    if (begun) {
      counts.transfers.add('download broken')
      log.info({ address }, 'download broken off')
    } else {
      counts.transfers.add('download refused')
      log.warn({ address }, 'download refused')
    }
    reset(socket)
    return
  }
  endGently(socket, clock)
}

/** The bytes of the file, without its error: a pipeline would close the connection as if the file were complete. */
class Source {
  error: unknown
  readonly #from: AsyncIterable<Buffer>

  constructor(from: AsyncIterable<Buffer>) {
    this.#from = from
  }

  async *bytes(): AsyncGenerator<Buffer> {
    try {
      yield* this.#from
    } catch (error) {
      this.error = error
    }
  }
}

/** Resets a connection, so that the peer does not take it for the end of the file. */
function reset(socket: Socket): void {
  // A TLS stream, or a closed socket, cannot be reset.
  if (socket instanceof TLSSocket || socket.destroyed) socket.destroy()
  else socket.resetAndDestroy()
}

/** Refuses an invalid `/put` or `/get`. */
export function refuseTransfer(
  { clock }: TransferParts,
  { socket }: Peer,
  { sizeMissing, verb }: FirstLine & { kind: 'bad-transfer' },
): void {
  if (verb === 'get') {
    reset(socket)
    return
  }
  socket.write(
    sizeMissing
      ? '! The size is missing, so nothing was sent. Is the file in this folder, and may you read it?\n'
      : '! A transfer begins with /put TOKEN SIZE [OFFSET] [SHA256] or /get TOKEN [OFFSET].\n',
  )
  endGently(socket, clock)
}

/** The failure that the peer reads for an error. */
export function problemOf(error: unknown, log: Log): Problem {
  if (error instanceof Failure) return error.problem
  log.error({ err: error }, 'transfer failed')
  return { code: error instanceof StoreUnavailable ? 'unavailable' : 'internal' }
}
