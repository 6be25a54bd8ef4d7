import { existsSync } from 'node:fs'
import { databaseOf } from '../../data/places.ts'
import { Refused } from '../control/refused.ts'
import { requireMounted } from './data-directory.ts'
import { killedRestoreText } from './killed-restore.ts'
import { noDatabase } from './remains.ts'

/** Throws Refused for a directory in which no server has ever run. */
export async function requireDatabase(dataDirectory: string): Promise<void> {
  requireMounted(dataDirectory)
  if (existsSync(databaseOf(dataDirectory))) return
  const message = (await killedRestoreText(dataDirectory)) ?? noDatabase(dataDirectory)
  throw new Refused({ code: 'bad-data-directory', message })
}
