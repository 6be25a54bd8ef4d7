import { createHash, randomBytes } from 'node:crypto'
import { databaseOf } from '../../data/places.ts'
import { insertRows, type Row, type Table, writeAll } from '../../store/exchange.ts'
import { Refused } from '../control/refused.ts'
import { fillDirectory } from '../directory/empty-directory.ts'
import { refusedDisk } from '../directory/refused-disk.ts'
import { ImportLines, LineError, notOne } from './import-lines.ts'
import { type Input, openInput } from './input.ts'
import type { Progress } from './progress.ts'
import { TextError, textLines } from './text-lines.ts'

/** What was imported; `files` is the number of files in the export, which are not imported. */
export interface Imported {
  readonly accounts: number
  readonly channels: number
  readonly messages: number
  readonly files: number
  /** New messages and other changes have numbers above this one. */
  readonly numbersAfter: number
}

/**
 * Imports an export into an empty data directory, with the same numbers. Nobody has a password then: all accounts get the hash
 * (by `hash`) of one that nobody knows.
 */
export async function importFrom(
  file: string,
  dataDirectory: string,
  { hash, progress }: { hash: (password: string) => Promise<string>; progress: Progress },
): Promise<Imported> {
  const show = (bytes: number, of: number) => {
    if (of > 0) progress.show('Importing', bytes, of)
  }
  const input = await openInput(file, show).catch((error: unknown) => {
    throw refusedDisk(error, `${file} cannot be read`)
  })
  try {
    return await fillDirectory(dataDirectory, async (folder) => {
      const lines = new ImportLines(await secretsOfNobody(hash))
      const numbersAfter = await writeAll(databaseOf(folder), batches(input, lines), () => lines)
      return { ...lines.counts, numbersAfter }
    })
  } catch (error) {
    throw refusedDisk(error, `${file} cannot be imported into ${dataDirectory}`)
  } finally {
    input.source.destroy()
    progress.clear()
  }
}

async function secretsOfNobody(hash: (password: string) => Promise<string>) {
  const secret = () => randomBytes(32).toString('base64url')
  return {
    password_hash: await hash(secret()),
    recovery_hash: createHash('sha256').update(secret()).digest('hex'),
  }
}

/** Reads the rows of a file in batches; each batch is of one table. */
async function* batches(
  { name, source }: Input,
  lines: ImportLines,
): AsyncIterable<{ table: Table; rows: Row[] }> {
  let batch: { table: Table; rows: Row[] } | undefined
  let number = 0
  for await (const text of checkedLines({ name, source })) {
    number++
    const read = atLine(name, number, () => lines.read(number, text))
    if (!read) continue
    if (batch && (batch.table !== read.table || batch.rows.length >= insertRows)) {
      yield batch
      batch = undefined
    }
    batch ??= { table: read.table, rows: [] }
    batch.rows.push(read.row)
  }
  if (batch) yield batch
  atLine(name, number + 1, () => lines.finish())
}

/** The most bytes of a line: far more than a line of an export has. */
const mostLineBytes = 4 * 1024 * 1024

async function* checkedLines({ name, source }: Input): AsyncIterable<string> {
  try {
    yield* textLines(source, mostLineBytes)
  } catch (error) {
    if (error instanceof TextError)
      atLine(name, error.line, () => {
        throw new LineError(error.line === 1 ? notOne : error.message)
      })
    throw error
  }
}

function atLine<T>(file: string, number: number, task: () => T): T {
  try {
    return task()
  } catch (error) {
    if (!(error instanceof LineError)) throw error
    const message = `${file}, line ${number}: ${error.message}. Nothing was imported.`
    throw new Refused({ code: 'bad-import', message })
  }
}
