/*
 * The lines that people paste into a shell to send and to get files. Somebody else may have chosen the file's name, so
 * nothing in it may act on the shell.
 */

/** The address of the server, as `nc` takes it. */
export interface Place {
  readonly host: string
  readonly port: number
}

/** The line that sends a file, from `offset` on; the shell finds out its size. */
export function putLine(token: string, name: string, { host, port }: Place, offset = 0): string {
  const path = shellPath(name)
  const [tail, bytes] = offset === 0 ? ['', `cat ${path}`] : [` ${offset}`, `tail -c +${offset + 1} ${path}`]
  return `(echo /put ${token} $(wc -c <${path})${tail}; ${bytes}) | nc ${host} ${port}`
}

/**
 * The line that gets a file and writes it into the current folder, under its name or a harmless one like it. An existing file
 * stays as it is: with `set -C` sh, bash and zsh do not overwrite.
 */
export function getLine(token: string, name: string, { host, port }: Place): string {
  return `(set -C; echo /get ${token} | nc ${host} ${port} >${shellPath(savedName(name))})`
}

/**
 * The same with curl, which fails if there is no file (-f), and does not overwrite with -J. The name comes with the file.
 */
export function curlLine(token: string, { host, port }: Place): string {
  return `curl -fOJ http://${host.includes(':') ? `[${host}]` : host}:${port}/get/${token}`
}

/**
 * Names of files that programs read by themselves: shells, ssh, Windows and PowerShell. Some others are devices on Windows,
 * and not files.
 */
const readByItself =
  /^(?:authorized_keys2?|known_hosts|environment|config|rc|autorun\.inf|desktop\.ini|(?:\w+[._])*profile\.ps1|(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:[. :].*)?)[. ]*$/i

/**
 * The name under which to save somebody else's file. A name that programs read by themselves gets a word in front, and so
 * does one that begins with a sign: a dot hides a file, a dash looks like an option, a tilde like a home folder.
 */
export function savedName(name: string): string {
  if (/^[\p{L}\p{N}\p{Emoji_Presentation}]/u.test(name))
    return readByItself.test(name) ? `file-${name}` : name
  return `file${name}`
}

/** A name as one word of sh and bash that means nothing but a file in the current folder. */
export function shellPath(name: string): string {
  // A dash in front would be an option.
  const path = name.startsWith('-') ? `./${name}` : name
  if (/^[\w.,:=@%+/-]+$/.test(path) && !path.startsWith('=')) return path
  return `'${path.replaceAll("'", "'\\''")}'`
}
