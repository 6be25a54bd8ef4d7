import { choice, optional } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'mydata',
  area: 'account',
  who: 'member',
  cost: 5,
  args: { file: optional(choice('file')) },
  summary: 'Show what the server stores about you, or get all of it as a file.',
  help: 'Your profile, channels, tokens, the addresses that you have logged in from with your password (the last 10, with the days), and how many messages of yours there are. With file: a line to run in a second terminal, which gets all of it as JSON: also your contacts and files, everything you have said, and what was said to you directly. It is written down at most once an hour, is for you alone, and goes away after an hour.',
  data: '{name, id, email?, since, operator, channels: [{name, since, role?}], tokens: [token fields], addresses: [{address, since, last}], messages: {count, more}}; {id, name, size, sha256, from, to, get, command, curl, at, expires}',
  fails: ['try-later', 'disk-full'],
  async run({ accounts, clock, files, myData }, account, { file: asFile }) {
    if (asFile === undefined) return accounts.data(account)
    const { expires, file, token } = await myData.fileFor(account)
    return { code: 'file-token', file: files.dataOf(file), token, expires, now: clock.now() }
  },
})
