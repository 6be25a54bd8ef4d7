import { channelName, personName } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'transfer',
  area: 'channels',
  who: 'member',
  cost: 2,
  args: { channel: channelName, name: personName },
  summary: 'Hand your channel on to another member; you become a plain member.',
  help: '',
  data: '{action, channel, name}',
  fails: ['no-such-channel', 'not-a-member', 'no-such-user', 'quota-exceeded'],
  async run({ channels, moderation, terminal }, account, { channel: name, name: who }) {
    const channel = channels.requireFor(name, account)
    const heir = await moderation.transfer(account, channel, who, terminal)
    return { code: 'moderated', action: 'transferred', channel: channel.name, name: heir }
  },
})
