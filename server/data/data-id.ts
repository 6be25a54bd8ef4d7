import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'

/** Beside the bytes of files: says to which database they belong. */
export const dataIdName = 'partyline.id'

/** The id in a folder of files; what is no file, or cannot be read as one, is none. A pipe is not waited for. */
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
