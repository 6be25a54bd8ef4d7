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

/** Writes a file of that name into the folder one is in. */
export function getLine(token: string, name: string, { host, port }: Place): string {
  return `echo /get ${token} | nc ${host} ${port} >${shellPath(name)}`
}

/** A name as one word of sh and bash that means nothing but a file in the current folder. */
export function shellPath(name: string): string {
  // A dash in front would be an option.
  const path = name.startsWith('-') ? `./${name}` : name
  if (/^[\w.,:=@%+/-]+$/.test(path) && !path.startsWith('=')) return path
  return `'${path.replaceAll("'", "'\\''")}'`
}
