import type { Knex } from 'knex'
import * as tables from './0001-tables.ts'
import * as fullText from './0002-full-text.ts'
import * as groups from './0003-groups.ts'
import * as files from './0004-files.ts'
import * as cheaperMessages from './0005-cheaper-messages.ts'
import * as keep from './0006-keep.ts'
import * as logins from './0007-logins.ts'
import * as dataId from './0008-data-id.ts'
import * as unfinished from './0009-unfinished.ts'
import * as tokenSeen from './0010-token-seen.ts'
import * as edited from './0011-edited.ts'
import * as bots from './0012-bots.ts'
import * as restraints from './0013-restraints.ts'
import * as formerNames from './0014-former-names.ts'
import * as brokenTalk from './0015-broken-talk.ts'
import * as changes from './0016-changes.ts'
import * as readMarkers from './0017-read-markers.ts'
import * as changesByPlace from './0018-changes-by-place.ts'
import * as browserSessions from './0019-browser-sessions.ts'
import * as searchForms from './0020-search-forms.ts'
import * as tokenOwners from './0021-token-owners.ts'
import * as lighterIndex from './0022-lighter-index.ts'

/** Every migration under its name, in order. A name must not change: databases remember it. */
const migrations: ReadonlyMap<string, { up(db: Knex): Promise<void> }> = new Map([
  ['0001-tables', tables],
  ['0002-full-text', fullText],
  ['0003-groups', groups],
  ['0004-files', files],
  ['0005-cheaper-messages', cheaperMessages],
  ['0006-keep', keep],
  ['0007-logins', logins],
  ['0008-data-id', dataId],
  ['0009-unfinished', unfinished],
  ['0010-token-seen', tokenSeen],
  ['0011-edited', edited],
  ['0012-bots', bots],
  ['0013-restraints', restraints],
  ['0014-former-names', formerNames],
  ['0015-broken-talk', brokenTalk],
  ['0016-changes', changes],
  ['0017-read-markers', readMarkers],
  ['0018-changes-by-place', changesByPlace],
  ['0019-browser-sessions', browserSessions],
  ['0020-search-forms', searchForms],
  ['0021-token-owners', tokenOwners],
  ['0022-lighter-index', lighterIndex],
])

/** The migrations that this program knows, oldest first. */
export const migrationNames: readonly string[] = [...migrations.keys()]

/** Takes migrations from the code and not from a folder, so that sources and compiled files have the same. */
function sourceOf(names: readonly string[]): Knex.MigrationSource<string> {
  return {
    getMigrations: async () => [...names],
    getMigrationName: (name) => name,
    async getMigration(name) {
      const migration = migrations.get(name)
      if (!migration) throw new Error(`There is no migration ${name}`)
      return {
        up: migration.up,
        // Knex needs one. The way back is a backup: a schema is never undone while it has messages.
        down: () => Promise.reject(new Error('There is no way back to an older schema')),
      }
    },
  }
}

/**
 * Brings a database to the newest schema, or to the one of `names`, in one transaction. The caller has the data directory to
 * itself, so it ignores the lock that Knex may have left in a process that was killed.
 */
export async function migrate(db: Knex, names: readonly string[] = migrationNames): Promise<void> {
  if (await isMarked(db)) await db('knex_migrations_lock').update({ is_locked: 0 })
  await db.migrate.latest({ migrationSource: sourceOf(names) })
}

async function isMarked(db: Knex): Promise<boolean> {
  if (!(await db.schema.hasTable('knex_migrations_lock'))) return false
  const row: { is_locked: number } | undefined = await db('knex_migrations_lock').first('is_locked')
  return row?.is_locked === 1
}

/** The migrations that a database has had; undefined if it had none. */
export async function appliedMigrations(db: Knex): Promise<string[] | undefined> {
  if (!(await db.schema.hasTable('knex_migrations'))) return undefined
  return db('knex_migrations').orderBy('id').pluck('name')
}
