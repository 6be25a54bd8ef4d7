/*
 * `npm run bench:growth [-- --only messages|accounts] [-- --accounts N]`: what the millionth of something costs against the
 * thousandth: messages that are stored (growth-messages.ts), and accounts, channels, files and bans (growth-accounts.ts).
 */
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: { only: { type: 'string' }, accounts: { type: 'string', default: '1000000' } },
})
const accounts = Number(values.accounts)
if (!Number.isSafeInteger(accounts) || accounts < 1000) throw new Error('--accounts wants 1000 or more.')
if (values.only !== 'messages') await (await import('./growth-accounts.ts')).measureAccounts(accounts)
if (values.only !== 'accounts') await (await import('./growth-messages.ts')).measureMessages()
