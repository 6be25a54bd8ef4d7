import { createReadStream, statSync } from 'node:fs'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { Refused } from './act.ts'

/** What a file packed by gzip begins with: RFC 1952, 2.3.1. */
const gzipMagic = 0x1f8b

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
  if (isStandard && process.stdin.isTTY)
    throw new Refused({
      code: 'bad-arguments',
      message: 'Standard input is a terminal; send a file or a program to it, or name a file.',
    })
  const raw: Readable = isStandard ? process.stdin : createReadStream(file, { highWaterMark: 1 << 18 })
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
