import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { type Printed, runCommand, runJson, runRefused } from '../operator/cli.ts'
import { type Program, startPartyline, temporaryFolder } from '../process/program.ts'

/** A server as an operator has it: a folder with a configuration file, and all the rest is its. */
export interface Running extends Program {
  readonly port: number
  /** Where it answers /readyz and /metrics. */
  readonly http: string
}

/** What stands in the configuration all day; passwords are cheap, because the day is not about them. */
const always = `# The configuration of the day.
listeners: [{host: 127.0.0.1, port: 0}]
http: {listen: [{port: 0}]}
files: {freeSpaceBytes: 0}
`

/** The folder of an operator, which is empty at first, and the commands that are run there. */
export class Premises {
  readonly folder: string
  readonly data: string
  readonly #t: Test

  constructor(t: Test) {
    this.folder = temporaryFolder(t)
    this.data = join(this.folder, 'data')
    this.#t = t
  }

  /** Writes the configuration anew; `settings` begin in line 5. */
  configure(settings: string): void {
    writeFileSync(join(this.folder, 'partyline.yaml'), `${always}${settings}`)
  }

  /** A folder beside the data, as for backups. */
  beside(name: string): string {
    const path = join(this.folder, name)
    mkdirSync(path)
    return path
  }

  /** The one command that starts it. */
  async start(): Promise<Running> {
    const program = startPartyline(this.#t, ['serve', '--config', 'partyline.yaml'], { cwd: this.folder })
    const [, port] = await program.stdout.expect(/"port":(\d+)[^\n]*"msg":"listening"/)
    const [, http] = await program.stdout.expect(/"port":(\d+)[^\n]*"msg":"listening for HTTP"/)
    return { ...program, port: Number(port), http: `http://127.0.0.1:${http}` }
  }

  /** A command that has to work; answers what it printed. */
  async run(t: Test, args: readonly string[], input?: string): Promise<string> {
    const { code, stderr, stdout }: Printed = await runCommand(t, this.data, args, input)
    t.equal(code, 0, `partyline ${args[0]}: ${stderr}`)
    return stdout
  }

  json(t: Test, args: readonly string[]): Promise<Record<string, unknown>> {
    return runJson(t, this.data, args)
  }

  /** What `check-config` says of the configuration. */
  async check(): Promise<Printed> {
    const command = ['check-config', 'partyline.yaml']
    const { exit, stderr, stdout } = startPartyline(this.#t, command, { cwd: this.folder })
    const { code } = await exit
    return { code, stdout: stdout.text, stderr: stderr.text }
  }

  /** A command of which nothing comes; answers why. */
  refused(t: Test, args: readonly string[]): Promise<string> {
    return runRefused(t, this.data, args)
  }
}

const expected = new WeakMap<Running, Set<string>>()

/** A server was made to complain of something: that line is in order. */
export function complained(server: Running, line: string): void {
  expected.set(server, (expected.get(server) ?? new Set()).add(line))
}

/** What a server has logged that is not as it should be. */
export function complaints(server: Running): string[] {
  const lines = [...server.stdout.text.split('\n'), ...server.stderr.text.split('\n')]
  return lines.filter((line) => !/^$|"level":30/.test(line) && !expected.get(server)?.has(line))
}
