import type { Test } from 'tap'
import { databaseOf } from '../../server/data/places.ts'
import { openDatabase } from '../../server/store/open.ts'
import { temporaryFolder } from '../process/program.ts'
import { type Server, startServer } from '../process/server.ts'
import { type Printed, runAtDesk } from './desk.ts'
import { environment, settings, zone } from './environment.ts'

export type { Printed }
export { environment, zone }

/** Starts a server as `runCommand` expects it, that logs all it can. */
export function startLoggingServer(t: Test, data?: string): Promise<Server> {
  return startServer(t, { settings, ...(data === undefined ? {} : { data }) })
}

/** A data directory with a database in which there is nothing: only createsuperuser makes one. */
export async function dataWithDatabase(t: Test): Promise<string> {
  const data = temporaryFolder(t)
  const { reader, writer } = await openDatabase({ file: databaseOf(data), synchronous: 'off' })
  await Promise.all([reader.destroy(), writer.destroy()])
  return data
}

/** Runs a command of the operator's with a line of standard input, and checks what holds for every one of them. */
export async function runCommand(
  t: Test,
  data: string,
  args: readonly string[],
  input = '',
): Promise<Printed> {
  const printed = await runAtDesk({
    args: [...args, '--data', data],
    input: input === '' ? '' : `${input}\n`,
  })
  const { code } = printed
  const name = args.join(' ')
  t.not(code, null, name)
  t.notMatch(printed.stderr, /^ +at |unhandled|\(node:/im, `${name}: no defect`)
  if (input !== '')
    t.notOk((printed.stdout + printed.stderr).includes(input), `${name}: no password is shown`)
  if (code === 0) t.equal(printed.stderr, '', `${name}: nothing to complain about`)
  return printed
}

/** Runs a command that must work, with --json; answers what it printed. */
export async function runJson(
  t: Test,
  data: string,
  args: readonly string[],
  input?: string,
): Promise<Record<string, unknown>> {
  const { code, stdout } = await runCommand(t, data, [...args, '--json'], input)
  t.equal(code, 0, args.join(' '))
  t.match(stdout, /^\{[^\n]*\}\n$/, 'one object in one line')
  return JSON.parse(stdout) as Record<string, unknown>
}

/** Runs a command that must be refused, in one line; answers the line. */
export async function runRefused(t: Test, data: string, args: readonly string[], input?: string) {
  const { code, stderr, stdout } = await runCommand(t, data, args, input)
  t.equal(code, 1, `${args.join(' ')} is refused`)
  t.equal(stdout, '')
  t.match(stderr, /^(partyline|error): [^\n]+\n$/, 'in one line')
  return stderr.trim()
}

/** Ends a server and checks that it had nothing to complain about, and wrote no such secret into its log. */
export async function stopServer(t: Test, server: Server, secrets: readonly string[]): Promise<void> {
  server.child.kill('SIGTERM')
  t.strictSame(await server.exit, { code: 0, signal: null })
  t.equal(server.stderr.text, '')
  t.match(server.stdout.text, /"msg":"listening"/, 'there is a log')
  t.notMatch(server.stdout.text, /"level":[56]0/, 'nothing went wrong')
  for (const secret of secrets) t.notOk(server.stdout.text.includes(secret), 'the log has no secrets')
}
