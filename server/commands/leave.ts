import { defaultsFirst } from '../chat/channels.ts'
import { onlyChannelName, optional } from './args.ts'
import { command } from './command.ts'
import { channelToChange, targetIfAny } from './here.ts'

export default command({
  name: 'leave',
  aliases: ['part'],
  area: 'channels',
  who: 'guest',
  harm: 'destroys',
  moves: true,
  cost: 2,
  args: { channel: optional(onlyChannelName) },
  summary: 'Leave a channel, or the one you talk in.',
  help: 'If you are its admin, the longest-standing moderator becomes admin, else the longest-standing member. A channel that nobody is in any more goes away. What you type goes to another channel that you are in then.',
  data: '{channel, target?}',
  fails: ['no-such-channel', 'not-a-member', 'no-target'],
  async run(context, person, { channel: name }) {
    const { channels, terminal } = context
    const channel = channelToChange(context, person, name)
    await channels.leave(person, channel, terminal)
    if (terminal.target === channel) terminal.target = defaultsFirst(person.channels)[0]
    return { code: 'left', channel: channel.name, target: targetIfAny(context)?.name }
  },
})
