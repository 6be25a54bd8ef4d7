import { openSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { WriteStream } from 'node:tty'
import { read } from 'read'
import { Refused } from '../control/refused.ts'

/** The person has cancelled. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled'

  constructor() {
    super('Cancelled. Nothing was changed.')
  }
}

/**
 * Asks twice for a password on the terminal, without echo. If standard input is no terminal, its first line is the
 * password.
 * @throws {Cancelled} at Ctrl-C and Ctrl-D
 */
export async function askPassword(forWhom: string): Promise<string> {
  if (!process.stdin.isTTY) return firstLine()
  const screen = terminal()
  try {
    for (;;) {
      const password = await ask(screen, `Password for ${forWhom}: `)
      const again = await ask(screen, 'Password again: ')
      if (password === again) return password
      screen.write('That is not the same password.\n')
    }
  } finally {
    if (screen !== process.stderr) screen.destroy()
  }
}

/**
 * Asks a question on the terminal: true for a yes, false for any other answer, undefined if there is no terminal.
 * @throws {Cancelled} at Ctrl-C and Ctrl-D
 */
async function askYes(question: string): Promise<boolean | undefined> {
  if (!process.stdin.isTTY) return undefined
  const screen = terminal()
  try {
    const answer = await ask(screen, question, false)
    return ['y', 'yes'].includes(answer.trim().toLowerCase())
  } finally {
    if (screen !== process.stderr) screen.destroy()
  }
}

/**
 * Continues only after a yes on the terminal; `without` says what to do without a terminal.
 * @throws {Cancelled} at any other answer, and {Refused} where there is no terminal
 */
export async function requireYes(question: string, without: string): Promise<void> {
  const isSure = await askYes(question)
  if (isSure === undefined) throw new Refused({ code: 'bad-arguments', message: without })
  if (!isSure) throw new Cancelled()
}

/** Where the person sees the question, also when all output goes elsewhere. */
function terminal(): NodeJS.WriteStream {
  return process.stderr.isTTY ? process.stderr : new WriteStream(openSync('/dev/tty', 'w'))
}

async function ask(screen: NodeJS.WriteStream, prompt: string, silent = true): Promise<string> {
  let leave = () => {}
  // `read` settles at Ctrl-C, but not at Ctrl-D; both end the reading.
  const left = new Promise<never>((_resolve, reject) => {
    leave = () => setImmediate(() => reject(new Cancelled()))
    process.stdin.once('pause', leave)
  })
  const answer = read({ prompt, silent, output: screen }).catch(() => {
    throw new Cancelled()
  })
  try {
    return await Promise.race([answer, left])
  } finally {
    process.stdin.off('pause', leave)
    // Enter was not shown either.
    if (silent) screen.write('\n')
  }
}

async function firstLine(): Promise<string> {
  try {
    for await (const line of createInterface({ input: process.stdin })) return line
    return ''
  } finally {
    // An open standard input must not keep the process from ending.
    process.stdin.destroy()
  }
}
