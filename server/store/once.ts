import type { Knex } from 'knex'
import type { SaidOnce } from '../chat/ports/records.ts'

/** Stores the key of a message. An older message with the same key loses it. */
export async function rememberOnce(
  db: Knex,
  said: { account: number; key: string; message: number; at: number },
): Promise<void> {
  await db('said_once')
    .insert({ ...said, answer: '{}' })
    .onConflict(['account', 'key'])
    .merge(['message', 'at', 'answer'])
}

export async function saidOnce(db: Knex, account: number, key: string): Promise<SaidOnce | undefined> {
  const row: { message: number; at: number; answer: string } | undefined = await db('said_once')
    .where({ account, key })
    .first('message', 'at', 'answer')
  return row && { id: row.message, at: row.at, answer: row.answer }
}

export async function setOnceAnswer(
  db: Knex,
  account: number,
  key: string,
  message: number,
  answer: string,
): Promise<void> {
  await db('said_once').where({ account, key, message }).update({ answer })
}

export async function forgetOnce(db: Knex, before: number): Promise<void> {
  await db('said_once').where('at', '<', before).delete()
}
