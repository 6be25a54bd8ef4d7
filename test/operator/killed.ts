import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { connectMember } from '../process/person.ts'
import { temporaryFolder } from '../process/program.ts'
import { runCommand, runRefused, startLoggingServer } from './cli.ts'

/** Ends itself, with SIGKILL, before a call of node:fs that `at` names. */
export function killing(t: Test, at: string): string {
  const file = join(temporaryFolder(t), 'kill.mjs')
  writeFileSync(
    file,
    `import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
for (const name of ['openSync', 'renameSync', 'rmSync', 'rmdirSync']) {
  const real = fs[name]
  fs[name] = (...values) => {
    if (${at}) process.kill(process.pid, 'SIGKILL')
    return real(...values)
  }
}
syncBuiltinESMExports()
`,
  )
  return file
}

/** A backup and an export of one account, one file and one message. */
export async function original(t: Test): Promise<{ archive: string; lines: string }> {
  const first = await startLoggingServer(t)
  const anna = await connectMember(t, first.port, 'anna', 'annas-password')
  anna.type('/filepaste tea.txt', 'AAAA', '.', 'a message')
  await anna.settle()
  const folder = temporaryFolder(t)
  const [archive, lines] = [join(folder, 'copy.tar'), join(folder, 'copy.jsonl')]
  t.equal((await runCommand(t, first.data, ['backup', archive])).code, 0)
  t.equal((await runCommand(t, first.data, ['export', lines])).code, 0)
  return { archive, lines }
}

export const looking = [
  ['userlist'],
  ['createsuperuser', 'root'],
  ['backup', 'nowhere.tar'],
  ['check'],
  ['export'],
]

/** What commands say where there is no database, and that they change nothing. */
export async function checkLooks(t: Test, data: string, said: RegExp, those = [['userlist']]): Promise<void> {
  const before = readdirSync(data, { recursive: true })
  for (const args of those) t.match(await runRefused(t, data, args, 'password'), said, args.join(' '))
  t.strictSame(readdirSync(data, { recursive: true }), before, 'nothing came, nothing went')
}

export function folderIn(data: string): string {
  const name = readdirSync(data).find((one) => one.startsWith('restore-'))
  return name === undefined ? '' : join(data, name)
}

export const isWhole =
  /^partyline: A restore or an import into \S+ was killed in its last step\. All of it is there, and the next start of the server finishes it: /
export const isUnused =
  /^(partyline: )?A restore or an import into \S+ was killed before its end: nothing of it is used\. Start it again, which clears what it left, or remove restore-[0-9a-f]{24}\.$/
