import { closeSync, constants, createReadStream, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { Socket } from 'node:net'
import { pipeline, Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { isatty } from 'node:tty'
import { createGunzip } from 'node:zlib'
import { Refused } from '../control/refused.ts'

/** The first bytes of a file that gzip has compressed: RFC 1952, 2.3.1. */
const gzipMagic = 0x1f8b

/** How long to wait until somebody opens the other end of a pipe (ms). */
const pipeMs = 5_000
const pollMs = 50

/** The input of a command, from its first byte on. */
export interface Input {
  /** The bytes, decompressed if gzip has compressed them. */
  readonly source: Readable
  /** Its name in messages. */
  readonly name: string
}

/**
 * Opens a file, a pipe, or standard input (`-`). Calls `told` with the number of bytes that were read so far, before decompression,
 * and of how many; 0 if that is unknown.
 * @throws the error of the system, before anything else is done: most mistakes are in the name
 */
export async function openInput(
  file: string,
  told: (bytes: number, of: number) => void = () => undefined,
): Promise<Input> {
  const isStandard = file === '-'
  if (isStandard && process.stdin.isTTY) throw terminal('Standard input')
  const raw: Readable = isStandard ? process.stdin : await openFile(file)
  const of = isStandard ? 0 : sizeOf(file)
  const chunks = raw[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  // A pipe may bring a single byte at first, and its bytes can be read only once.
  let start = Buffer.alloc(0)
  while (start.length < 2) {
    const { done, value } = await chunks.next()
    if (done) break
    start = Buffer.concat([start, value])
  }
  const all = Readable.from(counted(start, chunks, (bytes) => told(bytes, of)))
  const isPacked = start.length >= 2 && start.readUInt16BE() === gzipMagic
  // Pass errors of the source on to the stream that is read.
  const source = isPacked ? pipeline(all, createGunzip(), () => undefined) : all
  // The stream may fail before anybody reads it; the reader gets the error then.
  for (const stream of [all, source]) stream.on('error', () => undefined)
  source.once('close', () => raw.destroy())
  return { source, name: isStandard ? 'Standard input' : file }
}

/** Opens a file, or a pipe to which somebody writes, as the shell makes for `<(...)`. */
async function openFile(file: string): Promise<Readable> {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const found = fstatSync(descriptor)
    if (found.isDirectory()) throw refused(`${file} is a directory.`)
    if (isatty(descriptor)) throw terminal(file)
    if (!found.isFIFO()) return createReadStream(file, { fd: descriptor, highWaterMark: 1 << 18 })
    const first = await firstOf(descriptor, file)
    const stream = new Socket({ fd: descriptor, readable: true, writable: false })
    if (first.length > 0) stream.unshift(first)
    return stream
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

/**
 * Reads the bytes that a pipe has now: none if a writer is there who has not begun. If there is no writer, waits a moment for
 * somebody to open the other end.
 */
async function firstOf(pipe: number, file: string): Promise<Buffer> {
  const chunk = Buffer.alloc(1 << 16)
  for (const begun = performance.now(); performance.now() - begun < pipeMs; await wait(pollMs)) {
    try {
      const bytes = readSync(pipe, chunk)
      if (bytes > 0) return chunk.subarray(0, bytes)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return Buffer.alloc(0)
      throw error
    }
  }
  throw refused(`${file} is a pipe to which nobody writes, not within ${pipeMs / 1000} seconds.`)
}

function terminal(name: string): Refused {
  return refused(`${name} is a terminal; send a file or a program to it, or name a file.`)
}

function refused(message: string): Refused {
  return new Refused({ code: 'bad-arguments', message })
}

async function* counted(
  start: Buffer,
  chunks: AsyncIterator<Buffer>,
  told: (bytes: number) => void,
): AsyncIterable<Buffer> {
  let bytes = 0
  for (let chunk: Buffer | undefined = start; chunk !== undefined; ) {
    bytes += chunk.length
    told(bytes)
    if (chunk.length > 0) yield chunk
    const next: IteratorResult<Buffer, unknown> = await chunks.next()
    chunk = next.done ? undefined : next.value
  }
}

function sizeOf(file: string): number {
  const found = statSync(file, { throwIfNoEntry: false })
  return found?.isFile() ? found.size : 0
}
