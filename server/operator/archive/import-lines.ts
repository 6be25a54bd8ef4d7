import * as z from 'zod'
import { Failure } from '../../chat/model/failures.ts'
import { checkEmail, checkOldChannelName, checkOldName, foldName } from '../../chat/model/names.ts'
import type { Span } from '../../chat/model/unread.ts'
import { failureText } from '../../dialects/failure-text.ts'
import type { LastNumbers, Row, Table } from '../../store/exchange.ts'
import { manifestName } from './archive.ts'
import { lastNumbers, rowOf } from './exchange-format.ts'
import { exportType, exportVersion } from './export.ts'

type MutableRow = Record<string, string | number | null>

/** A line that is not valid; the message does not have the number of the line. */
export class LineError extends Error {
  override readonly name = 'LineError'
}

const headerSchema = z.looseObject({
  type: z.literal(exportType),
  version: z.int(),
  last: lastNumbers.optional(),
})
const endSchema = z.strictObject({ type: z.literal('end'), lines: z.int() })

/** Reads the lines of one export in their order, and checks each against the lines before it. */
export class ImportLines {
  readonly #secrets: Readonly<Record<string, string>>
  /** By number; false for a deleted account or a closed channel, which can have no memberships and the like. */
  readonly #accounts = new Map<number, boolean>()
  readonly #channels = new Map<number, boolean>()
  readonly #names = new Set<string>()
  readonly #once = new Set<string>()
  #lastMessage = 0
  #version: number = exportVersion
  #hasReadMarker = false
  #isHeaded = false
  #isEnded = false
  readonly counts = { accounts: 0, channels: 0, messages: 0, files: 0 }
  /** The last numbers by the first line; in an older export, by the lines that were read so far. */
  #last: LastNumbers = { number: 0, file: 0 }

  constructor(secrets: Readonly<Record<string, string>>) {
    this.#secrets = secrets
  }

  get last(): LastNumbers {
    return this.#last
  }

  /** In an older export, what is unread is only said of inboxes. */
  get hasReadMarkers(): boolean {
    return this.#version >= 2 || this.#hasReadMarker
  }

  /** Reads a line. Returns its row if the row must be stored. */
  read(number: number, text: string): { table: Table; row: Row } | undefined {
    if (this.#isEnded) {
      if (text.trim() === '') return undefined
      throw new LineError('there is something after the end')
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
        throw new LineError(
          `it says that there are ${end.data.lines} lines before it, and there are ${number - 1}`,
        )
      this.#isEnded = true
      return undefined
    }
    return this.#row(line)
  }

  finish(): void {
    if (!this.#isHeaded) throw new LineError(notOne)
    if (!this.#isEnded) throw new LineError('the end is missing: the file was cut off')
  }

  #head(line: unknown): void {
    const { data, error } = headerSchema.safeParse(line)
    if (!data) throw new LineError(error.issues.some(({ path }) => path[0] !== 'last') ? notOne : wrongLast)
    if (data.version < 1 || data.version > exportVersion)
      throw new LineError(`it is of version ${data.version}, and this program knows 1 to ${exportVersion}`)
    this.#version = data.version
    this.#last = data.last ?? this.#last
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
        // Messages name files by number: no later file may have the same one.
        this.#last = { ...this.#last, file: Math.max(this.#last.file, Number(row['id'])) }
        return undefined
      case 'read_markers':
        this.#hasReadMarker = true
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

  /** Checks the place of a read marker: 0 is all guests. */
  #checkPlace({ gaps, kind, place, read_up_to }: MutableRow): void {
    const last = (JSON.parse(String(gaps)) as Span[]).at(-1)
    if (last && last.upTo > Number(read_up_to)) throw new LineError('no gap may go beyond upTo')
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

  /** Refuses a second line of a kind that there can be only once for two people, or for a person and a channel. */
  #checkOnce(table: Table, row: MutableRow): void {
    if (table === 'requests' && row['answer'] !== 'pending') return
    const { account, channel, cidr, kind, other, place } = row
    const key = [table, channel, account, other, cidr, kind, place].join()
    if (this.#once.has(key)) throw new LineError('there is such a line already')
    this.#once.add(key)
  }
}

/** The reason for refusing a file that is no export. */
export const notOne = 'it is no export of Partyline'
const wrongLast = 'last must have the numbers number and file, from 0 to 1000000000000'

/** The tables whose rows are removed together with their accounts and channels. */
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

/** Turns errors of the rules of names, and of the fields of a line, into a LineError. */
function asLineError<T>(task: () => T): T {
  try {
    return task()
  } catch (error) {
    if (error instanceof LineError || !(error instanceof Error)) throw error
    if (!(error instanceof Failure)) throw new LineError(error.message)
    throw new LineError(failureText(error.problem).replace(/\.$/, ''))
  }
}
