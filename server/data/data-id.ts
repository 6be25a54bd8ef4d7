import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'

/** The name of a file beside the bytes of files; it says to which database they belong. */
export const dataIdName = 'partyline.id'

/**
 * Reads the id in a folder of files; undefined if there is no such file or it cannot be read. Does not wait for a
 * pipe.
 */
export function readDataId(folder: string): number | undefined {
  try {
    const file = openSync(join(folder, dataIdName), constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      if (!fstatSync(file).isFile()) return undefined
      const bytes = Buffer.alloc(32)
      const text = bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, 0))
      return /^\d{1,15}\s*$/.test(text) ? Number(text) : undefined
    } finally {
      closeSync(file)
    }
  } catch {
    return undefined
  }
}
