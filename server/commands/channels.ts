import { command } from './command.ts'

export default command({
  name: 'channels',
  aliases: ['list'],
  area: 'channels',
  who: 'guest',
  token: 'read',
  cost: 2,
  args: {},
  summary: 'List the public channels, and yours.',
  help: '',
  data: '{channels: [{name, private, members, topic, joined}]}',
  fails: [],
  run: ({ channels }, person) => ({ code: 'channels', channels: channels.list(person) }),
})
