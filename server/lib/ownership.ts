import { lchownSync, lstatSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Gives a file or folder that root has made, with everything in it, to the owner of the folder around it. Otherwise a
 * service that runs as another user could not open it. Does nothing for other users than root, or if it is not
 * possible.
 */
export function handOver(path: string): void {
  if (process.getuid?.() !== 0) return
  try {
    const { gid, uid } = statSync(dirname(path))
    if (uid !== 0) give(path, uid, gid)
  } catch {
    // A file system without owners.
  }
}

/** Whether two folders belong to the same user. */
export function haveOneOwner(one: string, other: string): boolean {
  return statSync(one).uid === statSync(other).uid
}

function give(path: string, uid: number, gid: number): void {
  const found = lstatSync(path)
  // Somebody else may have put another link to the file there, so that root gives it away.
  if (found.isSymbolicLink() || (found.isFile() && found.nlink > 1)) return
  lchownSync(path, uid, gid)
  if (found.isDirectory()) for (const name of readdirSync(path)) give(join(path, name), uid, gid)
}

/**
 * A sentence for an error, if a file belongs to another user: says why this process may not use it, and what helps: `
 * It belongs to root, and this is user 998: chown -R 998 DIRECTORY, as root.`; '' otherwise.
 */
export function ownerHint(path: string): string {
  const self = process.getuid?.()
  try {
    const found = statSync(path)
    if (self === undefined || found.uid === self) return ''
    const folder = found.isDirectory() ? path : dirname(path)
    return ` It belongs to ${userText(found.uid)}, and this is ${userText(self)}. As root: chown -R ${self} ${folder}`
  } catch {
    return ''
  }
}

function userText(uid: number): string {
  return uid === 0 ? 'root' : `user ${uid}`
}
