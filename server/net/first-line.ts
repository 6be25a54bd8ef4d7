import { foreignProtocol, type Protocol } from './foreign.ts'

/** What a connection is, by its first line. */
export type FirstLine =
  /** Not known yet. */
  | { readonly kind: 'unknown' }
  /** A person or a program that chats; the line is theirs, even an invalid one. */
  | { readonly kind: 'chat' }
  | {
      readonly kind: 'put'
      readonly token: string
      readonly size: number
      readonly offset: number
      /** What the whole file has to have as its SHA-256, in hex, if the peer has said. */
      readonly sha256?: string
    }
  | { readonly kind: 'get'; readonly token: string; readonly offset: number }
  /** `/put` or `/get` with invalid arguments. */
  | { readonly kind: 'bad-transfer'; readonly verb: 'put' | 'get'; readonly sizeMissing?: true }
  | { readonly kind: 'http' }
  /** The client of another protocol, which has the wrong port. */
  | { readonly kind: 'foreign'; readonly protocol: Protocol }

const newline = 0x0a
/** Longer lines do not begin a transfer; in bytes. */
const mostBytes = 512
const unknown: FirstLine = { kind: 'unknown' }
const chat: FirstLine = { kind: 'chat' }
const http: FirstLine = { kind: 'http' }
/** The byte order mark of UTF-8. */
const mark = '\xef\xbb\xbf'
/** Of HTTP (RFC 9110, 5789, 9113) and WebDAV (RFC 4918, 3253, 3648, 3744, 4791, 5323, 5842). */
const verbs =
  'GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH|PRI|PROPFIND|PROPPATCH|MKCOL|COPY|MOVE|LOCK|UNLOCK|' +
  'ACL|BASELINE-CONTROL|BIND|CHECKIN|CHECKOUT|LABEL|M-SEARCH|MERGE|MKACTIVITY|MKCALENDAR|MKWORKSPACE|NOTIFY|' +
  'ORDERPATCH|QUERY|REBIND|REPORT|SEARCH|SOURCE|SUBSCRIBE|UNBIND|UNCHECKOUT|UNSUBSCRIBE|UPDATE|VERSION-CONTROL'
/** A verb in capitals and a path or an address: nobody begins to chat like this, whatever follows. */
const request = new RegExp(`^(?:${verbs})[ \\t]+(?:[/*]|[a-zA-Z][\\w+.-]*:)`)
/** The same in any case, for lines that are too long to see their end. */
const longRequest = new RegExp(`${request.source}\\S*(?:[ \\t]+H?T?T?P?\\/?[\\d.]*)?$`, 'i')
/** Any verb, with the version at the end. */
const requestLine = /^[a-z][a-z-]{2,19}[ \t]+\S+[ \t]+HTTP\/\d[\d.]*[ \t]*$/i
/** The beginning of such a line. */
const begunRequest =
  /^[a-z][a-z-]{0,19}$|^[a-z][a-z-]{2,19}[ \t]+(?:\S*|\S+[ \t]+(?:H(?:T(?:T(?:P(?:\/(?:\d[\d.]*[ \t]*\r?)?)?)?)?)?)?)$/i

/**
 * Reads the first line of a connection from its bytes so far. They are raw: no telnet client begins like this, and the bytes
 * of a file may follow the line. Also returns how many bytes the line takes.
 */
export function readFirstLine(bytes: Buffer): { line: FirstLine; length: number } {
  const end = bytes.subarray(0, mostBytes).indexOf(newline)
  const text = bytes.toString('latin1', 0, end < 0 ? Math.min(bytes.length, mostBytes) : end)
  const said = text.startsWith(mark) ? text.slice(mark.length) : text
  if (request.test(said)) return { line: http, length: 0 }
  const protocol = foreignProtocol(bytes.toString('latin1', 0, mostBytes))
  if (protocol === 'maybe') {
    if (bytes.length < mostBytes) return { line: unknown, length: 0 }
  } else if (protocol !== undefined) return { line: { kind: 'foreign', protocol }, length: 0 }
  if (end < 0) {
    if (bytes.length < mostBytes) return { line: mayBecomeOther(text, said) ? unknown : chat, length: 0 }
    // A malicious web page may send a path of any length, and lines after it that would be commands.
    return { line: isLongRequest(said) ? http : chat, length: 0 }
  }
  const line = said.replace(/\r$/, '')
  if (requestLine.test(line)) return { line: http, length: 0 }
  return { line: parse(text.replace(/\r$/, '')), length: end + 1 }
}

/** Whether a line that begins like this may be something else than chat; `said` is without a byte order mark. */
function mayBecomeOther(text: string, said: string): boolean {
  return (
    /^\/(put|get)( |\r$)/.test(text) ||
    '/put '.startsWith(text) ||
    '/get '.startsWith(text) ||
    mark.startsWith(text) ||
    said === '' ||
    begunRequest.test(said)
  )
}

/** A request line with a very long path. */
function isLongRequest(text: string): boolean {
  return longRequest.test(text) || /^[A-Z][A-Z-]{2,19}[ \t]+\S+(?:[ \t]+H?T?T?P?\/?[\d.]*)?$/.test(text)
}

function parse(text: string): FirstLine {
  const [verb, token = '', ...words] = text.replace(/ +$/, '').split(/ +/)
  if (verb !== '/put' && verb !== '/get') return chat
  // sha256sum says behind the checksum that its file is the standard input.
  const last = words.at(-1) === '-' && words.length > 1 ? words.at(-2) : words.at(-1)
  const sha256 = verb === '/put' && /^[\da-f]{64}$/i.test(last ?? '') ? last?.toLowerCase() : undefined
  const numbers = sha256 === undefined ? words : words.slice(0, words.lastIndexOf(last ?? ''))
  if (!/^\w{1,100}$/.test(token) || !numbers.every((number) => /^\d{1,15}$/.test(number)))
    return { kind: 'bad-transfer', verb: verb === '/get' ? 'get' : 'put' }
  const [first, second] = numbers.map(Number)
  if (verb === '/get' && numbers.length <= 1) return { kind: 'get', token, offset: first ?? 0 }
  if (verb === '/put' && first !== undefined && numbers.length <= 2)
    return {
      kind: 'put',
      token,
      size: first,
      offset: second ?? 0,
      ...(sha256 === undefined ? {} : { sha256 }),
    }
  // The shell has found no file to tell the size of.
  if (verb === '/put' && first === undefined) return { kind: 'bad-transfer', verb: 'put', sizeMissing: true }
  return { kind: 'bad-transfer', verb: verb === '/get' ? 'get' : 'put' }
}
