import type { FormerName } from '../chat/ports/records.ts'
import { NameTaken } from '../chat/ports/store-errors.ts'
import { isUniqueError } from './sqlite/errors.ts'

/** Turns a violated unique index into NameTaken. */
export async function orNameTaken<T>(statement: PromiseLike<T>): Promise<T> {
  try {
    return await statement
  } catch (error) {
    throw isUniqueError(error) ? new NameTaken('The name is in use', { cause: error }) : error
  }
}

/** The number of an inserted row. */
export function newId(rows: readonly { id: number }[]): number {
  const id = rows[0]?.id
  if (id === undefined) throw new Error('The database gave no number')
  return id
}

/** Former names in the form of the database: null for none. */
export function formerText(former: readonly FormerName[]): string | null {
  return former.length === 0 ? null : JSON.stringify(former)
}
