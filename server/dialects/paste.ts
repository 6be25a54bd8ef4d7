/*
 * The lines that people paste into a shell to send and to get files. A file's name is whatever somebody chose:
 * nothing in it may act on the shell.
 */

/** Where the server is found: what `nc` is given. */
export interface Place {
  readonly host: string
  readonly port: number
}

/** Sends a file, from `offset` on, whose size is taken by the shell. */
export function putLine(token: string, name: string, { host, port }: Place, offset = 0): string {
  const path = shellPath(name)
  const [tail, bytes] = offset === 0 ? ['', `cat ${path}`] : [` ${offset}`, `tail -c +${offset + 1} ${path}`]
  return `(echo /put ${token} $(wc -c <${path})${tail}; ${bytes}) | nc ${host} ${port}`
}

/**
 * Writes a file of that name, or of a harmless one like it, into the folder one is in. One that is there stays as it is:
 * with `set -C` sh, bash and zsh write into none.
 */
export function getLine(token: string, name: string, { host, port }: Place): string {
  return `(set -C; echo /get ${token} | nc ${host} ${port} >${shellPath(savedName(name))})`
}

/**
 * The same with curl, which fails where there is nothing to get (-f), and with -J writes into no file that is there. The
 * name comes with the file.
 */
export function curlLine(token: string, { host, port }: Place): string {
  return `curl -fOJ http://${host.includes(':') ? `[${host}]` : host}:${port}/get/${token}`
}

/**
 * What programs read without being asked, in a folder where somebody may be: a shell, ssh, Windows' own and PowerShell.
 * Names of devices on Windows are no files there at all.
 */
const readByItself =
  /^(?:authorized_keys2?|known_hosts|environment|config|rc|autorun\.inf|desktop\.ini|(?:\w+[._])*profile\.ps1|(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:[. :].*)?)[. ]*$/i

/**
 * The name under which a file of somebody else is kept. What begins with a sign (a dot hides it, and shells and others
 * read such files by themselves; a dash looks like an option, a tilde like somebody's home) gets a word in front, and so
 * do names that something reads by itself.
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
