import { closeSync, constants, createReadStream, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { Socket } from 'node:net'
import { pipeline, Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { isatty } from 'node:tty'
import { createGunzip } from 'node:zlib'
import { Refused } from '../control/refused.ts'

/** What a file packed by gzip begins with: RFC 1952, 2.3.1. */
const gzipMagic = 0x1f8b

/** How long the other end of a pipe may not be open yet. */
const pipeMs = 5_000
const pollMs = 50

/** What a command reads, from its first byte on. */
export interface Input {
  /** Unpacked, if it is packed by gzip. */
  readonly source: Readable
  /** As it is called in messages. */
  readonly name: string
}

/**
 * Opens a file, a pipe, or standard input (`-`). `told` hears how many bytes were read so far, as they are there, and of
 * how many; 0 where nobody knows.
 * @throws what the kernel says, before anything else is done: most mistakes are in the name
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
  // A pipe may bring a single byte at first, and cannot be asked for the same twice.
  let start = Buffer.alloc(0)
  while (start.length < 2) {
    const { done, value } = await chunks.next()
    if (done) break
    start = Buffer.concat([start, value])
  }
  const all = Readable.from(counted(start, chunks, (bytes) => told(bytes, of)))
  const isPacked = start.length >= 2 && start.readUInt16BE() === gzipMagic
  // An error of the one becomes one of the other, which is read.
  const source = isPacked ? pipeline(all, createGunzip(), () => undefined) : all
  // It may fail before anybody reads; whoever reads then, learns it.
  for (const stream of [all, source]) stream.on('error', () => undefined)
  source.once('close', () => raw.destroy())
  return { source, name: isStandard ? 'Standard input' : file }
}

/** A file, or a pipe in which somebody writes, as the shell makes for `<(...)`. */
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
 * What a pipe has at once: nothing where somebody writes who has not begun. Without anybody it is waited for a moment
 * only, in which the other end may be opened.
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
  throw refused(`${file} is a pipe in which nobody writes; it was waited for ${pipeMs / 1000} seconds.`)
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
