import { once } from 'node:events'
import { open } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { exchanged, readAll, type Table } from '../../store/exchange.ts'
import { version } from '../../version.ts'
import { intoFile } from '../directory/into-file.ts'
import { toRead } from '../directory/read-only.ts'
import { refusedDisk } from '../directory/refused-disk.ts'
import { requireDatabase } from '../directory/require-database.ts'
import { lineOf, lineTypes } from './exchange-format.ts'
import type { Progress } from './progress.ts'

/** The type in the first line of an export. */
export const exportType = 'partyline-export'
/** 1 had no read markers. */
export const exportVersion = 2

/** The number of lines of each type; those of deleted accounts and closed channels are counted apart. */
export type Exported = Readonly<Record<string, number>>

/** Exports a data directory, without secrets, as lines of JSON; the target `-` is standard output. */
export async function exportTo(
  dataDirectory: string,
  target: string,
  { force, progress }: { force: boolean; progress: Progress },
): Promise<Exported> {
  await requireDatabase(dataDirectory)
  let counts: Exported = {}
  const fill = async (to: Writable) => {
    counts = await toRead(dataDirectory, (database) => writeLines(database, to, progress))
  }
  try {
    if (target === '-') await untilFailed(process.stdout, fill)
    else {
      const to = { file: target, force, dataDirectory, kind: 'export', isKind: isExport } as const
      await intoFile(to, async (to) => {
        await untilFailed(to, fill)
        to.end()
        await finished(to)
      })
    }
    return counts
  } catch (error) {
    throw refusedDisk(error, `${target === '-' ? 'Standard output' : target} cannot be written`)
  } finally {
    progress.clear()
  }
}

/** Whether a file begins as an export does. */
async function isExport(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'r')
    const bytes = Buffer.alloc(256)
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0).finally(() => handle.close())
    return bytes.toString('utf8', 0, bytesRead).startsWith(`{"type":"${exportType}",`)
  } catch {
    return false
  }
}

/** Fills a stream; rejects at once if the stream fails. */
async function untilFailed(to: Writable, fill: (to: Writable) => Promise<unknown>): Promise<void> {
  let fail: (error: Error) => void = () => undefined
  const failed = new Promise<never>((_, reject) => {
    fail = reject
  })
  to.on('error', fail)
  await Promise.race([fill(to), failed]).finally(() => to.off('error', fail))
}

async function writeLines(database: string, to: Writable, progress: Progress): Promise<Exported> {
  const tables = Object.keys(exchanged) as Table[]
  return readAll(database, async ({ count, last, rows }) => {
    const counts = Object.fromEntries(
      await Promise.all(tables.map(async (table) => [lineTypes[table].type, await count(table)])),
    ) as Record<string, number>
    const of = Object.values(counts).reduce((sum, one) => sum + one, 0)
    const gone = { account: 0, channel: 0 }
    let done = 0
    let waiting: string[] = []
    const flush = async () => {
      const goesOn = to.write(waiting.join(''))
      waiting = []
      if (!goesOn) await once(to, 'drain')
    }
    const put = (line: string) => waiting.push(`${line}\n`)
    const at = new Date().toISOString()
    const header = {
      type: exportType,
      version: exportVersion,
      program: version,
      at,
      last: await last(),
      counts,
    }
    put(JSON.stringify(header))
    for (const table of tables)
      for await (const row of rows(table)) {
        put(lineOf(table, row))
        if (table === 'accounts' && row['deleted_at'] !== null) gone.account++
        if (table === 'channels' && row['closed_at'] !== null) gone.channel++
        done++
        progress.show('Exporting', done, of, 'lines')
        if (waiting.length >= 500) await flush()
      }
    put(JSON.stringify({ type: 'end', lines: done + 1 }))
    await flush()
    return apart(counts, gone)
  })
}

function apart(counts: Readonly<Record<string, number>>, { account, channel }: Gone): Exported {
  const rows = Object.entries(counts).flatMap(([type, count]): [string, number][] => {
    if (type === 'account')
      return [
        [type, count - account],
        ['deleted-account', account],
      ]
    if (type === 'channel')
      return [
        [type, count - channel],
        ['closed-channel', channel],
      ]
    return [[type, count]]
  })
  return Object.fromEntries(rows)
}

interface Gone {
  readonly account: number
  readonly channel: number
}
