import { createHash, randomBytes } from 'node:crypto'
import * as z from 'zod'
import { Failure } from '../../chat/model/failures.ts'
import { checkEmail, checkOldChannelName, checkOldName, foldName } from '../../chat/model/names.ts'
import { databaseOf } from '../../data/places.ts'
import { failureText } from '../../dialects/failure-text.ts'
import { insertRows, type Row, type Table, writeAll } from '../../store/exchange.ts'
import { Refused } from '../control/refused.ts'
import { fillDirectory } from '../directory/empty-directory.ts'
import { refusedDisk } from '../directory/refused-disk.ts'
import { manifestName } from './archive.ts'
import { rowOf } from './exchange-format.ts'
import { exportType, exportVersion } from './export.ts'
import { type Input, openInput } from './input.ts'
import type { Progress } from './progress.ts'
import { TextError, textLines } from './text-lines.ts'

/** How many of each there are now; of files only what they were called, which is not taken over. */
export interface Imported {
  readonly accounts: number
  readonly channels: number
  readonly messages: number
  readonly files: number
}

type MutableRow = Record<string, string | number | null>

/** A line that will not do; the message is without the number of the line. */
class LineError extends Error {
  override readonly name = 'LineError'
}

/**
 * Puts what an export says into an empty data directory, under the same numbers. Nobody has a password then: `hash`
 * makes one that nobody knows.
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
      const lines = new Lines(await secretsOfNobody(hash))
      await writeAll(databaseOf(folder), batches(input, lines))
      return lines.counts
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

/** The rows of a file, some at a time and never of two tables. */
async function* batches({ name, source }: Input, lines: Lines): AsyncIterable<{ table: Table; rows: Row[] }> {
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

/** Far more than any line of an export has. */
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

const headerSchema = z.looseObject({ type: z.literal(exportType), version: z.int() })
const endSchema = z.strictObject({ type: z.literal('end'), lines: z.int() })

/** The lines of one file, in their order: what one of them says has to fit to those before. */
class Lines {
  readonly #secrets: Readonly<Record<string, string>>
  /** By number; false for what is deleted or closed, which says and belongs to nothing any more. */
  readonly #accounts = new Map<number, boolean>()
  readonly #channels = new Map<number, boolean>()
  readonly #names = new Set<string>()
  readonly #once = new Set<string>()
  #lastMessage = 0
  #isHeaded = false
  #isEnded = false
  readonly counts = { accounts: 0, channels: 0, messages: 0, files: 0 }

  constructor(secrets: Readonly<Record<string, string>>) {
    this.#secrets = secrets
  }

  /** The row of a line, if it is to be stored. */
  read(number: number, text: string): { table: Table; row: Row } | undefined {
    if (this.#isEnded) {
      if (text.trim() === '') return undefined
      throw new LineError('there is something behind the end')
    }
    if (!this.#isHeaded) {
      if (text.startsWith(`${manifestName}\0`))
        throw new LineError('it is a backup, which "partyline restore" puts back')
      if (!text.startsWith('{')) throw new LineError(notOne)
    }
    const line = parse(text)
    if (!this.#isHeaded) {
      this.#head(line)
      return undefined
    }
    const end = endSchema.safeParse(line)
    if (end.success) {
      if (end.data.lines !== number - 1)
        throw new LineError(`there should be ${end.data.lines} lines before this one`)
      this.#isEnded = true
      return undefined
    }
    return this.#row(line)
  }

  finish(): void {
    if (!this.#isHeaded) throw new LineError(notOne)
    if (!this.#isEnded) throw new LineError('the end is missing, and who knows what else')
  }

  #head(line: unknown): void {
    const { data } = headerSchema.safeParse(line)
    if (!data) throw new LineError(notOne)
    if (data.version !== exportVersion)
      throw new LineError(`it is of version ${data.version}, and this program knows ${exportVersion}`)
    this.#isHeaded = true
  }

  #row(line: unknown): { table: Table; row: Row } | undefined {
    const { row, table } = asLineError(() => rowOf(line))
    this.#checkReferences(row, table)
    switch (table) {
      case 'accounts':
        asLineError(() => this.#account(row))
        break
      case 'channels':
        asLineError(() => this.#channel(row))
        break
      case 'messages':
        asLineError(() => this.#message(row))
        break
      case 'files':
        this.counts.files++
        return undefined
      case 'read_markers':
        this.#checkPlace(row)
        this.#checkOnce(table, row)
        break
      default:
        this.#checkOnce(table, row)
    }
    return { table, row }
  }

  #account(row: MutableRow): void {
    const name = String(row['name'] ?? '')
    const isDeleted = row['deleted_at'] !== null
    this.#take(this.#accounts, 'account', row, !isDeleted)
    this.counts.accounts += isDeleted ? 0 : 1
    Object.assign(row, {
      name: isDeleted ? '' : checkOldName(name),
      key: isDeleted ? '' : this.#takeName(name),
    })
    if (isDeleted) return
    if (row['email'] !== null) checkEmail(String(row['email']))
    Object.assign(row, this.#secrets)
  }

  #channel(row: MutableRow): void {
    const name = checkOldChannelName(String(row['name']))
    const isClosed = row['closed_at'] !== null
    this.#take(this.#channels, 'channel', row, !isClosed)
    this.counts.channels += isClosed ? 0 : 1
    row['key'] = isClosed ? foldName(name) : this.#takeName(name)
  }

  #message(row: MutableRow): void {
    const id = Number(row['id'])
    if (id <= this.#lastMessage) throw new LineError(`message ${id} comes after ${this.#lastMessage}`)
    this.#lastMessage = id
    for (const guest of [row['from_guest'], row['to_guest']]) if (guest !== null) checkGuest(String(guest))
    const targets = ['channel_id', 'to_account', 'to_guest'].filter((column) => row[column] !== null)
    if (targets.length !== (row['kind'] === 'notice' ? 0 : 1))
      throw new LineError('a message has one of channel, to and toGuest, and a notice none of them')
    for (const account of JSON.parse(String(row['mentions'] ?? '[]')) as number[])
      this.#check(this.#accounts, 'account', account)
    this.counts.messages++
  }

  #checkReferences(row: MutableRow, table: Table): void {
    const of = {
      accounts: ['account', 'other', 'by', 'from_account', 'to_account'],
      channels: ['channel', 'channel_id'],
    }
    if (table === 'accounts' || table === 'channels') return
    for (const column of of.accounts) this.#check(this.#accounts, 'account', row[column] ?? null)
    for (const column of of.channels) this.#check(this.#channels, 'channel', row[column] ?? null)
    if (!living.has(table)) return
    for (const [known, what, id] of [
      [this.#accounts, 'account', row['account']],
      [this.#accounts, 'account', row['other']],
      [this.#channels, 'channel', row['channel']],
    ] as const)
      if (id !== undefined && known.get(Number(id)) === false)
        throw new LineError(`${what} ${id} is ${what === 'account' ? 'deleted' : 'closed'}`)
    if (row['account'] !== undefined && row['account'] === row['other'])
      throw new LineError(`account ${row['account']} is both`)
  }

  /** Where something is read: 0 is all guests. */
  #checkPlace({ gap_after, gap_up_to, kind, place }: MutableRow): void {
    if ((gap_after === null) !== (gap_up_to === null)) throw new LineError('gapAfter goes with gapUpTo')
    const [known, what] = kind === 'channel' ? [this.#channels, 'channel'] : [this.#accounts, 'account']
    if (kind === 'person' && place === 0) return
    this.#check(known, String(what), place ?? null)
  }

  #check(known: ReadonlyMap<number, boolean>, what: string, id: string | number | null): void {
    if (id !== null && !known.has(Number(id))) throw new LineError(`there is no ${what} ${id} before it`)
  }

  #take(known: Map<number, boolean>, what: string, { id }: MutableRow, isThere: boolean): void {
    if (known.has(Number(id))) throw new LineError(`there is ${what} ${id} already`)
    known.set(Number(id), isThere)
  }

  #takeName(name: string): string {
    const key = foldName(name)
    if (this.#names.has(key)) throw new LineError(`there is ${name} already`)
    this.#names.add(key)
    return key
  }

  /** What there can be only once of two people, or of somebody and a channel. */
  #checkOnce(table: Table, row: MutableRow): void {
    if (table === 'requests' && row['answer'] !== 'pending') return
    const { account, channel, cidr, kind, other, place } = row
    const key = [table, channel, account, other, cidr, kind, place].join()
    if (this.#once.has(key)) throw new LineError('there is such a line already')
    this.#once.add(key)
  }
}

const notOne = 'it is no export of Partyline'

/** What is about people and channels that are there: it is forgotten with them. */
const living: ReadonlySet<Table> = new Set([
  'memberships',
  'bans',
  'mutes',
  'guest_restraints',
  'contacts',
  'blocks',
  'requests',
  'read_markers',
])

function checkGuest(name: string): void {
  if (!name.startsWith('~')) throw new LineError(`"${name}" cannot be a guest, whose name begins with ~`)
  checkOldName(name.slice(1))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new LineError('it is not one object of JSON')
  }
}

/** What the rules of names say, and what is wrong with the fields of a line. */
function asLineError<T>(task: () => T): T {
  try {
    return task()
  } catch (error) {
    if (error instanceof LineError || !(error instanceof Error)) throw error
    if (!(error instanceof Failure)) throw new LineError(error.message)
    throw new LineError(failureText(error.problem).replace(/\.$/, ''))
  }
}
