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

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  )
}
