import { homedir } from 'node:os'

/** A path cannot be understood; the message says why. */
export class PathError extends Error {
  override readonly name = 'PathError'
}

/**
 * Returns the path that somebody meant: removes the CR that a Windows editor leaves at the end, and replaces `~` and
 * `$HOME`, which no shell has replaced in a file, in a variable or after `--data=`. A directory with the name `~` is
 * `./~`.
 * @throws {PathError} for other variables, and if there is no home directory
 */
export function readPath(text: string): string {
  const path = text.replace(/[\r\n]+$/, '')
  if (/[\0\r\n]/.test(path))
    throw new PathError(`${JSON.stringify(path)} is no path: it has control characters.`)
  const [found] = /^(~|\$HOME|\$\{HOME\})(?=\/|$)/.exec(path) ?? []
  if (found !== undefined) return home(path) + path.slice(found.length)
  const [variable] = /\$(\w+|\{\w+\})/.exec(path) ?? []
  if (variable !== undefined)
    throw new PathError(`"${path}": ${variable} is not replaced here; write the path out.`)
  if (/^~[\w-]+(\/|$)/.test(path))
    throw new PathError(`"${path}": ~ with a name is not replaced here; write the path out.`)
  return path
}

function home(path: string): string {
  const found = process.env['HOME'] ?? homeOfUser()
  if (!found) throw new PathError(`"${path}": this user has no home directory; write the path out.`)
  return found
}

function homeOfUser(): string {
  try {
    return homedir()
  } catch {
    return ''
  }
}
