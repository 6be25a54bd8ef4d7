import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

/** The path is not a file that can be read to its end; the message continues a sentence that begins with the name. */
export class NoSmallFile extends Error {
  override readonly name = 'NoSmallFile'
}

const most = 4 * 1024 * 1024
const pollMs = 20

/**
 * Reads a whole file, and waits for it for at most `patienceMs`. A pipe with a writer, such as the shell makes for
 * `<(...)`, may take that long; a pipe without a writer, a terminal and a device without an end are refused.
 * @throws {NoSmallFile}, and errors of the kernel
 */
export function readSmallFile(path: string, patienceMs = 0): Buffer {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const found = fstatSync(file)
    if (found.isDirectory()) throw new NoSmallFile('is a directory, not a file')
    if (!found.isFile() && patienceMs === 0) throw new NoSmallFile('is a pipe or a device, not a file')
    const chunks: Buffer[] = []
    const until = performance.now() + patienceMs
    for (let bytes = 0; ; ) {
      const chunk = Buffer.alloc(65_536)
      const read = readNow(file, chunk)
      if (read === 0 && bytes === 0 && found.isFIFO())
        throw new NoSmallFile('is a pipe in which nobody writes')
      if (read === 0) return Buffer.concat(chunks)
      if (read === undefined) {
        if (performance.now() > until)
          throw new NoSmallFile(`does not come to an end: it was waited for ${patienceMs / 1000} seconds`)
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pollMs)
        continue
      }
      bytes += read
      if (bytes > most) throw new NoSmallFile(`is larger than ${most / 1024 / 1024} MB`)
      chunks.push(chunk.subarray(0, read))
    }
  } finally {
    closeSync(file)
  }
}

/** Reads some bytes; undefined if there are none yet. */
function readNow(file: number, chunk: Buffer): number | undefined {
  try {
    return readSync(file, chunk)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return undefined
    throw error
  }
}
