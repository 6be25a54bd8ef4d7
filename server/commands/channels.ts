import { optional, pageNumber } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'channels',
  aliases: ['list'],
  area: 'channels',
  who: 'guest',
  token: 'read',
  cost: 2,
  args: { page: optional(pageNumber) },
  summary: 'List the public channels, and yours.',
  help: '',
  data: '{channels: [{name, private, members, topic, joined}], page, total, more}',
  fails: [],
  run: ({ channelLists }, person, { page }) => ({ code: 'channels', ...channelLists.list(person, page) }),
})
