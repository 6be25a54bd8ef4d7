/*
 * The lines that people paste into a shell to send and to get files. Somebody else may have chosen the file's name, so
 * nothing in it may act on the shell.
 */

/** The address of the server, as `nc` takes it. */
export interface Place {
  readonly host: string
  readonly port: number
  /** The person has reached it by TLS; then their files go by it, too. */
  readonly tls?: boolean
}

/**
 * The line that sends a file, from `offset` on; the shell finds out its size. What is no file, as a folder, a pipe or
 * nothing at all, is told of in the person's shell, and announced to nobody.
 */
export function putLine(token: string, name: string, place: Place, offset = 0): string {
  const [tail, bytes] = offset === 0 ? ['', 'cat "$0"'] : [` ${offset}`, `tail -c +${offset + 1} "$0"`]
  return inShell(
    `test -f "$0" || { echo "No such file here: $0" >&2; exit 1; }; (echo /put ${token} $(wc -c <"$0")${tail}; ${bytes}) | ${netcat(place)}`,
    name,
  )
}

/** The same with curl, which refuses folders by itself, and is on every Windows and macOS. */
export function curlPutLine(token: string, name: string, place: Place, offset = 0): string {
  return [
    'curl',
    // It would take braces and brackets for a list of files.
    ...(/[{}[\]\\]/.test(name) ? ['-g'] : []),
    ...(offset === 0 ? [] : [`-C ${offset}`]),
    `-T ${shellPath(name)} ${shellUrl(`${urlOf(place)}/put/${token}`)}`,
  ].join(' ')
}

/**
 * The line that gets a file and writes it into the current folder, under its name or a harmless one like it. An existing file
 * stays as it is: with `set -C` sh does not overwrite.
 */
export function getLine(token: string, name: string, place: Place): string {
  return inShell(`set -C; echo /get ${token} | ${netcat(place)} >"$0"`, savedName(name))
}

/**
 * The same with curl, which fails if there is no file (-f), and does not overwrite with -J. The name comes with the file.
 */
export function curlLine(token: string, place: Place): string {
  return `curl -fOJ ${shellUrl(`${urlOf(place)}/get/${token}`)}`
}

/**
 * A line that any shell hands to sh, with the path of a file as `$0`. bash, dash, zsh, fish and tcsh have no other syntax in
 * common that could do it, and the name stands there only once.
 */
function inShell(script: string, name: string): string {
  return `sh -c '${script}' ${shellPath(name)}`
}

function netcat({ host, port, tls = false }: Place): string {
  return `${tls ? 'ncat --ssl-verify' : 'nc'} ${host} ${port}`
}

/** An address as one word: with brackets (IPv6) it would be a pattern of files to zsh and tcsh. */
export function shellUrl(url: string): string {
  return url.includes('[') ? `'${url}'` : url
}

function urlOf({ host, port, tls = false }: Place): string {
  return `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`
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

/**
 * A name as one word that means nothing but a file in the current folder: to sh, bash and zsh, and to fish and tcsh. In single
 * quotes, tcsh still looks for `!`, and fish for a backslash; outside of quotes a backslash in front protects them everywhere.
 */
export function shellPath(name: string): string {
  // A dash in front would be an option.
  const path = name.startsWith('-') ? `./${name}` : name
  if (/^[\w.,:=@+/-]+$/.test(path) && !path.startsWith('=')) return path
  return `'${path.replace(/['!\\]/g, "'\\$&'")}'`
}
