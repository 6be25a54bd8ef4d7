import { statfsSync } from 'node:fs'
import { stat, statfs } from 'node:fs/promises'

/** In bytes. */
export interface DiskSpace {
  /** What this process may still use of the disk, and how large the disk is. */
  readonly free: number
  readonly total: number
  readonly database: number
}

/** How full the disk of a directory is, and how large the database with its write-ahead log. */
export async function diskSpace(directory: string, database: string): Promise<DiskSpace> {
  const [{ bavail, blocks, bsize }, ...sizes] = await Promise.all([
    statfs(directory),
    sizeOf(database),
    sizeOf(`${database}-wal`),
  ])
  return { free: bavail * bsize, total: blocks * bsize, database: sizes.reduce((sum, size) => sum + size) }
}

/** Less than what SQLite needs beside a database to read it. */
const fullBytes = 65_536

/** Whether nothing can be made on the disk that something is on, as far as that can be told. */
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
