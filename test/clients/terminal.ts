import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { type Exit, type Program, startProgram, temporaryFolder } from '../process/program.ts'
import { screenOf } from './screen.ts'

export const ctrlC = '\u0003'

/** A person in front of a terminal of 100 by 24 in which a command runs. */
export class Terminal {
  readonly #program: Program

  constructor(program: Program) {
    this.#program = program
  }

  /** Resolves when the command has ended, with how. */
  get exit(): Promise<Exit> {
    return this.#program.exit
  }

  /** All that the terminal was sent: what the command printed, and the echo of what was typed. */
  get stream(): string {
    return this.#program.stdout.text
  }

  /** What the person sees, from the first line on. */
  get screen(): string[] {
    return screenOf(this.stream)
  }

  /** Types a line and presses Enter. */
  type(line: string): void {
    // The Enter key sends CR, which a terminal in its usual mode makes LF.
    this.press(`${line}\r`)
  }

  /** Presses keys. */
  press(keys: string): void {
    this.#program.child.stdin.write(keys)
  }

  /** Waits for output, as `Output.expect` does. */
  expect(pattern: string | RegExp): Promise<RegExpExecArray> {
    return this.#program.stdout.expect(pattern)
  }

  /** Waits for the rest of the line in which `text` is. Typing earlier would put the echo in its middle. */
  expectLine(text: string): Promise<RegExpExecArray> {
    return this.#program.stdout.expectLine(text)
  }
}

/**
 * Opens a pseudo-terminal, by script(1) of util-linux, and runs a command in it for the time of the test. `type` is what the
 * command takes it for: at a dumb one the server leaves the editing of lines to the terminal.
 */
export function openTerminal(t: Test, command: readonly string[], type = 'dumb'): Terminal {
  const line = `stty rows 24 cols 100; exec ${command.map(quoted).join(' ')}`
  const program = startProgram(t, ['script', '-qfe', '-E', 'always', '-c', line, '/dev/null'], {
    env: { SHELL: '/bin/sh', TERM: type, LC_ALL: 'C.UTF-8', HOME: homeOf(t, type) },
  })
  return new Terminal(program)
}

/** A home in which plink finds the type of its terminal: it does not look at TERM. */
function homeOf(t: Test, type: string): string {
  const home = temporaryFolder(t)
  const sessions = join(home, '.putty', 'sessions')
  mkdirSync(sessions, { recursive: true })
  writeFileSync(join(sessions, 'Default%20Settings'), `TerminalType=${type}\n`)
  return home
}

/** An argument for a shell. */
function quoted(argument: string): string {
  return `'${argument.replaceAll("'", "'\\''")}'`
}
