import { statfsSync } from 'node:fs'
import { stat, statfs } from 'node:fs/promises'

/** In bytes. */
export interface DiskSpace {
  /** The room that this process may still use, and the size of the disk. */
  readonly free: number
  readonly total: number
  readonly database: number
}

/** How full the disk of a directory is, and how large the database and its write-ahead log are. */
export async function diskSpace(directory: string, database: string): Promise<DiskSpace> {
  const [{ bavail, blocks, bsize }, ...sizes] = await Promise.all([
    statfs(directory),
    sizeOf(database),
    sizeOf(`${database}-wal`),
  ])
  return { free: bavail * bsize, total: blocks * bsize, database: sizes.reduce((sum, size) => sum + size) }
}

/** Less free room than SQLite needs beside a database to read it (bytes). */
const fullBytes = 65_536

/** Whether the disk of a file is full, so that no file can be created there; false if that is unknown. */
export function isDiskFull(path: string): boolean {
  try {
    const { bavail, bfree, bsize } = statfsSync(path)
    return (process.getuid?.() === 0 ? bfree : bavail) * bsize < fullBytes
  } catch {
    return false
  }
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  )
}
