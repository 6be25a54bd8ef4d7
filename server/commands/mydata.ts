import { choice, optional } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'mydata',
  area: 'account',
  who: 'member',
  cost: 5,
  args: { file: optional(choice('file')) },
  summary: 'Show what the server stores about you, or get all of it as a file.',
  help: 'Shows your profile, channels, tokens, the last 10 addresses from which you logged in with your password (with the days), and how many messages you have said. With file you get a line to run in a second terminal. It fetches everything as JSON, including your contacts and files, all that you have said, and the direct messages to you. The server makes this file at most once an hour, for you alone, and deletes it after an hour.',
  data: '{name, id, email?, since, operator, channels: [{name, since, role?}], tokens: [token fields], addresses: [{address, since, last}], messages: {count, more}}; {id, name, size, sha256, from, to, get, command, curl, at, expires}',
  fails: ['try-later', 'disk-full'],
  async run({ clock, files, myData }, account, { file: asFile }) {
    if (asFile === undefined) return myData.overview(account)
    const { expires, file, token } = await myData.fileFor(account)
    return { code: 'file-token', file: files.dataOf(file), token, expires, now: clock.now() }
  },
})
