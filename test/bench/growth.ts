/*
 * `npm run bench:growth [-- --only messages|house] [-- --accounts N]`: what the millionth of something costs against the
 * thousandth: messages that are stored (growth-messages.ts), and accounts, channels, files and bans (growth-house.ts).
 */
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: { only: { type: 'string' }, accounts: { type: 'string', default: '1000000' } },
})
const accounts = Number(values.accounts)
if (!Number.isSafeInteger(accounts) || accounts < 1000) throw new Error('--accounts wants 1000 or more.')
if (values.only !== 'messages') await (await import('./growth-house.ts')).measureHouse(accounts)
if (values.only !== 'house') await (await import('./growth-messages.ts')).measureMessages()
