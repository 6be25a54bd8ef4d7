import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import knexModule from 'knex'
import type { Test } from 'tap'
import { type Program, startProgram } from '../process/program.ts'
import type { Server } from '../process/server.ts'
import type { MessageFields, Result, Talker } from '../process/talker.ts'

/** Another program locks the database of a server, until the answer is called. */
export async function lockDatabase(t: Test, { data }: Server): Promise<() => Promise<void>> {
  const script = join(import.meta.dirname, 'lock-holder.ts')
  const command = [
    process.execPath,
    '--import=./test/support/compile.mjs',
    script,
    join(data, 'partyline.db'),
  ]
  const holder: Program = startProgram(t, command)
  await holder.stdout.expect('locked')
  return async () => {
    holder.child.stdin.end()
    await holder.exit
  }
}

/**
 * From now on a running server can write no file beyond so many bytes: the kernel answers EFBIG, as a broken disk
 * answers EIO. Without a number it can again.
 */
export function limitFileSize({ child }: Server, bytes?: number): void {
  execFileSync('prlimit', [`--pid=${child.pid}`, `--fsize=${bytes ?? 'unlimited'}:`])
}

/** Reads in the database of a server, beside it. */
export async function readDatabase<T>(
  data: string,
  task: (db: ReturnType<typeof knexModule.default>) => Promise<T>,
): Promise<T> {
  const db = knexModule.default({
    client: 'sqlite3',
    connection: { filename: join(data, 'partyline.db') },
    useNullAsDefault: true,
  })
  try {
    await db.raw('PRAGMA query_only = 1')
    return await task(db)
  } finally {
    await db.destroy()
  }
}

/** The texts that somebody is shown from now on. */
export function textsShownTo(talker: Talker): string[] {
  const texts: string[] = []
  talker.onEvent = (event) => {
    if (event.type === 'message') texts.push(String(event['text']))
  }
  return texts
}

/** `ok`, or the code of what went wrong. */
export function codeOf(result: Result | undefined): string {
  return result?.ok ? 'ok' : (result?.error?.code ?? 'connection lost')
}

export async function historyOf(talker: Talker, where = '#lobby'): Promise<string[]> {
  const texts: string[] = []
  // An answer ends sooner where messages are long.
  for (let before = Number.MAX_SAFE_INTEGER, more = true; more; ) {
    const page = (await talker.data(`/history ${where} 500 before ${before}`)) as unknown as {
      messages: MessageFields[]
      more: boolean
    }
    texts.unshift(...page.messages.map(({ text }) => text))
    before = page.messages[0]?.id ?? 0
    more = page.more && page.messages.length > 0
  }
  return texts
}
