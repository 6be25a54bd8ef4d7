/** What a connection is, by its first line. */
export type FirstLine =
  /** Not told yet. */
  | { readonly kind: 'unknown' }
  /** A person or a program that chats; the line belongs to them, whatever is wrong with it. */
  | { readonly kind: 'chat' }
  | { readonly kind: 'put'; readonly token: string; readonly size: number; readonly offset: number }
  | { readonly kind: 'get'; readonly token: string; readonly offset: number }
  /** `/put` or `/get` with something that cannot be understood. */
  | { readonly kind: 'bad-transfer' }
  | { readonly kind: 'http' }

const newline = 0x0a
/** Longer ones are no transfer's. */
const mostBytes = 512
const unknown: FirstLine = { kind: 'unknown' }
const chat: FirstLine = { kind: 'chat' }
const http: FirstLine = { kind: 'http' }

/**
 * Reads the first line of a connection out of its bytes so far, which are raw: no telnet client speaks like that,
 * and what follows the line may be the bytes of a file. Answers too how many bytes the line takes.
 */
export function readFirstLine(bytes: Buffer): { line: FirstLine; length: number } {
  const end = bytes.subarray(0, mostBytes).indexOf(newline)
  const text = bytes.toString('latin1', 0, end < 0 ? Math.min(bytes.length, mostBytes) : end)
  if (end < 0) {
    if (bytes.length < mostBytes) return { line: mayBecomeOther(text) ? unknown : chat, length: 0 }
    // A page that means harm may send a path of any length, with lines to follow that would be commands.
    return { line: isLongRequest(text) ? http : chat, length: 0 }
  }
  return { line: parse(text.replace(/\r$/, '')), length: end + 1 }
}

/** Whether what has begun like that could be anything but chat. */
function mayBecomeOther(text: string): boolean {
  return (
    /^\/(put|get)( |\r$)/.test(text) || '/put '.startsWith(text) || '/get '.startsWith(text) || isVerb(text)
  )
}

/** The beginning of a request line of HTTP: a verb in capitals and a path, or the first part of that. */
function isVerb(text: string): boolean {
  return /^[A-Z]{1,20}$|^[A-Z]{3,20} (\S* ?|\S+ (H(T(T(P(\/[\d.]*)?)?)?)?)?\r?)$/.test(text)
}

/** A request line whose path goes on and on. */
function isLongRequest(text: string): boolean {
  return /^[A-Z]{3,20} \S+( H?T?T?P?\/?[\d.]*)?$/.test(text)
}

function parse(text: string): FirstLine {
  if (/^[A-Z]{3,20} \S+ HTTP\/\d(\.\d)?$/.test(text)) return http
  const [verb, token = '', ...numbers] = text.replace(/ +$/, '').split(/ +/)
  if (verb !== '/put' && verb !== '/get') return chat
  if (!/^\w{1,100}$/.test(token) || !numbers.every((number) => /^\d{1,15}$/.test(number)))
    return { kind: 'bad-transfer' }
  const [first, second] = numbers.map(Number)
  if (verb === '/get' && numbers.length <= 1) return { kind: 'get', token, offset: first ?? 0 }
  if (verb === '/put' && first !== undefined && numbers.length <= 2)
    return { kind: 'put', token, size: first, offset: second ?? 0 }
  return { kind: 'bad-transfer' }
}
