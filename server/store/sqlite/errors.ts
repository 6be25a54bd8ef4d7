/** The code of a database error, such as `SQLITE_FULL`; undefined for any other error. */
export function sqliteCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  return error.code.startsWith('SQLITE_') ? error.code : undefined
}

/** Whether a statement was refused because of its own values, so that others of its batch may still be stored. */
export function isConstraintError(error: unknown): boolean {
  return sqliteCode(error) === 'SQLITE_CONSTRAINT'
}

/** Whether a statement was refused because a value that must be unique is in use. */
export function isUniqueError(error: unknown): boolean {
  return isConstraintError(error) && error instanceof Error && error.message.includes('UNIQUE constraint')
}
