import type { Knex } from 'knex'
import type { Database, Statement } from 'sqlite3'
import type { Numbered } from '../batch-writer.ts'

/*
 * One bound JSON string instead of ten variables a row: at 500 rows this takes about 60 % of the
 * time of Knex's own insert of many rows, and neither the limit of variables nor the one of
 * compound selects applies. The rows are made by jsonb_each: with json_each each column made text of the row, and read that again.
 * Each field that is taken out costs 0.2 µs, so the usual row has five; the others are looked for where there is no author among
 * these. LIMIT and WHERE together keep SQLite from taking the row out once more for each field.
 */
const insertSql = `INSERT INTO messages
  (id, at, text, from_account, channel_id, kind, from_guest, to_account, to_guest, blocked, bot)
  SELECT value->>0, value->>1, value->>2, coalesce(author, value->>5), coalesce(channel, value->>6),
    iif(author IS NULL, value->>7, 'text'), iif(author IS NULL, value->>8, NULL),
    iif(author IS NULL, value->>9, NULL), iif(author IS NULL, value->>10, NULL),
    iif(author IS NULL, value->>11, FALSE), iif(author IS NULL, value->>12, NULL)
  FROM (SELECT value, value->>3 AS author, value->>4 AS channel FROM jsonb_each(?) LIMIT -1)
  WHERE value IS NOT NULL`

/** Passes over accounts that are deleted by now, so that the message is stored all the same. */
const mentionsSql = `INSERT INTO mentions (account, message)
  SELECT value->>0, value->>1 FROM json_each(?)
  WHERE value->>0 IN (SELECT id FROM accounts WHERE deleted_at IS NULL)
  ON CONFLICT DO NOTHING`

/** Stores mentions: pairs of the number of an account and of a message. */
export async function mention(db: Knex, mentions: readonly (readonly number[])[]): Promise<void> {
  await db.raw(mentionsSql, [JSON.stringify(mentions)])
}

/**
 * Stores messages under the numbers they have, in one statement: all of them or none. Mentions take
 * a second one, so that messages with some must be stored inside a transaction.
 *
 * The statement stays prepared: with a server that is busy with messages, Knex and preparing it anew took a tenth of
 * the time.
 */
export class MessageInserts {
  readonly #connection: () => Database
  #statement: Statement | undefined

  /** `connection` is the one on which the committer runs its changes one after the other. */
  constructor(connection: () => Database) {
    this.#connection = connection
  }

  readonly insert = async (db: Knex, messages: readonly Numbered[]): Promise<void> => {
    await this.#run(`[${messages.map(rowOf).join()}]`)
    const mentions = messages.flatMap(({ id, message }) => message.mentions.map((account) => [account, id]))
    if (mentions.length > 0) await mention(db, mentions)
  }

  /** Frees the prepared statement. Call it before the connection is closed. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#statement) this.#statement.finalize(() => resolve())
      else resolve()
    })
  }

  #run(rows: string): Promise<void> {
    this.#statement ??= this.#connection().prepare(insertSql)
    const statement = this.#statement
    return new Promise((resolve, reject) => {
      statement.run([rows], (error: Error | null) => {
        // Otherwise the failed statement would keep the transaction open.
        if (error) statement.reset(() => reject(error))
        else resolve()
      })
    })
  }
}

/** The row as JSON, put together by hand: an array for each message and JSON.stringify took 2 µs of 7 in the main thread. */
function rowOf({ id, message }: Numbered): string {
  const { at, kind, text, from, fromGuest, channel, to, toGuest, blocked, bot } = message
  const isUsual =
    kind === 'text' && from !== undefined && channel !== undefined && to === undefined && !blocked && !bot
  if (isUsual) return `[${id},${at},${quoted(text)},${from},${channel}]`
  return `[${id},${at},${quoted(text)},null,null,${from ?? null},${channel ?? null},"${kind}",${quoted(fromGuest)},${to ?? null},${quoted(toGuest)},${blocked},${bot ?? null}]`
}

/** What stands in JSON as something else; or, as half a surrogate pair, SQLite would turn into bytes that are no UTF-8. */
const special = /["\\\u0000-\u001f\ud800-\udfff]/

function quoted(text: string | undefined): string {
  if (text === undefined) return 'null'
  return special.test(text) ? JSON.stringify(text.toWellFormed()) : `"${text}"`
}

/** The highest number that a message ever had, also one that is removed; 0 if there was none. */
export async function lastMessageId(db: Knex): Promise<number> {
  const rows: { last: number }[] = await db.raw(
    `SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'messages'), 0),
                coalesce((SELECT max(id) FROM messages), 0)) AS last`,
  )
  return rows[0]?.last ?? 0
}
