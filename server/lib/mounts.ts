import { accessSync, constants } from 'node:fs'

/** Whether a file system is mounted read-only; rights do not matter. */
export function isMountedReadOnly(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EROFS'
  }
}
