/* Another program that locks a database, from when it prints "locked" until its input ends. */
import knexModule from 'knex'

const [filename = ''] = process.argv.slice(2)
const db = knexModule.default({
  client: 'sqlite3',
  connection: { filename },
  useNullAsDefault: true,
  pool: { min: 1, max: 1 },
})
await db.raw('BEGIN EXCLUSIVE')
process.stdout.write('locked\n')
for await (const _ of process.stdin);
await db.raw('ROLLBACK')
await db.destroy()
