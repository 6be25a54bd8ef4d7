import { channelName, optional } from './args.ts'
import { command } from './command.ts'
import { channelHere } from './here.ts'

export default command({
  name: 'members',
  aliases: ['names'],
  area: 'channels',
  who: 'guest',
  cost: 2,
  args: { channel: optional(channelName) },
  summary: 'List who belongs to a channel, or to the one you talk in.',
  help: 'With number, presence, and who is admin. The plain words MEMBERS ONLINE do the same.',
  data: '{channel, members: [{name, id?, status, note?, role?}]}',
  fails: ['no-such-channel', 'not-a-member', 'no-target'],
  run(context, person, { channel: name }) {
    const { channels } = context
    const channel = channelHere(context, person, name)
    return { code: 'members', channel: channel.name, members: channels.members(channel) }
  },
})
