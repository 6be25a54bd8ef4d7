import { commands, options } from './telnet-codes.ts'

/* CHARSET (RFC 2066): both sides agree that text is UTF-8, which some MUD clients otherwise do not send. */

const { iac, sb, se } = commands
const request = 1
const accepted = 2
const rejected = 3
const name = 'UTF-8'
/** A table of one's own may stand before the names: this word and a byte with its version. */
const table = '[TTABLE]'

/** Asks for UTF-8; nothing else is offered. */
export const charsetRequest = subnegotiation(request, `;${name}`)

/** The answer to what a client has sent of CHARSET; undefined if it is no request. */
export function charsetAnswer(value: Buffer): Buffer | undefined {
  if (value[0] !== request) return undefined
  const text = value.toString('latin1', 1)
  const names = text.startsWith(table) ? text.slice(table.length + 1) : text
  // The first character separates them.
  const offered = names.slice(1).split(names[0] ?? ';')
  const isOffered = offered.some((one) => one.toUpperCase() === name)
  return isOffered ? subnegotiation(accepted, name) : subnegotiation(rejected, '')
}

function subnegotiation(what: number, text: string): Buffer {
  return Buffer.from([iac, sb, options.charset, what, ...Buffer.from(text), iac, se])
}
