import { commands, type Verb } from './telnet-codes.ts'

const { iac } = commands
const lf = 0x0a
const cr = 0x0d

/** The commands that a client may send before anything has been negotiated. */
const firstCommands: ReadonlySet<number> = new Set([
  commands.eof,
  commands.susp,
  commands.abort,
  commands.nop,
  commands.break,
  commands.interruptProcess,
  commands.abortOutput,
  commands.areYouThere,
  commands.eraseCharacter,
  commands.eraseLine,
])

/**
 * Options beyond the first 32 with which a client may begin: LINEMODE, AUTHENTICATION and ENCRYPT (inetutils begins with one of
 * them where it may), NEW-ENVIRON, CHARSET, START_TLS, and those of MUD clients.
 */
const laterOptions: ReadonlySet<number> = new Set([34, 37, 38, 39, 42, 46, 69, 70, 85, 86, 201])

/*
 * Whether 0xFF begins telnet, at a client that has shown none. In CP1251 it is the letter `я`, in UTF-16 it is in the mark at the
 * beginning, and a client that is no telnet client must neither lose line ends nor be sent telnet bytes.
 */

/** Whether a client may begin with this command; `next` are the bytes behind it, as far as they have come. */
export function mayBeCommand(command: number, next: Buffer, isUnfinished: boolean): boolean {
  if (!firstCommands.has(command)) return false
  const [first, second] = next
  if (first === undefined || first < 0x80 || first === iac || first === commands.dataMark) return true
  // A letter follows: of UTF-8, or the rest of the one in which the command stands for a byte.
  if (first < 0xc0) return isUnfinished
  return first >= 0xc2 && first <= 0xf4 && (second === undefined || (second >= 0x80 && second < 0xc0))
}

/**
 * Whether a client may begin with this negotiation. It refuses only what it was asked for. `hadData`: 0xFF was data before; then
 * only the options below 0x20 count, which are no text in any encoding.
 */
export function mayBeNegotiation(
  verb: Verb,
  option: number,
  { wasAsked, hadData }: { readonly wasAsked: boolean; readonly hadData: boolean },
): boolean {
  const refuses = verb === commands.wont || verb === commands.dont
  if (isLineEnd(option) || (refuses && !wasAsked)) return false
  return option < 0x20 || (!hadData && laterOptions.has(option))
}

/** LF and CR were options of printers; as the byte of an option they are the end of a line. */
export function isLineEnd(option: number): boolean {
  return option === lf || option === cr
}
