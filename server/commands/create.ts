import { channelName, choice, optional } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'create',
  area: 'channels',
  who: 'member',
  cost: 3,
  args: { channel: channelName, private: optional(choice('private')) },
  summary: 'Make a channel with you as its admin.',
  help: 'A private one is seen by its members only. What you type goes there afterwards.',
  data: '{channel, private}',
  fails: ['bad-name', 'name-taken'],
  async run({ channels, terminal }, account, { channel, private: isPrivate }) {
    const made = await channels.create(account, channel, isPrivate !== undefined)
    terminal.target = made
    return { code: 'created', channel: made.name, private: made.private }
  },
})
