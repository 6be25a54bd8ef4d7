import { defaultsFirst } from '../chat/model/channel.ts'
import { foldName } from '../chat/model/names.ts'
import { onlyChannelName, optional } from './args.ts'
import { command } from './command.ts'
import { unlessItEnds } from './confirm.ts'
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
  summary: 'Leave a channel, or the one that you talk in.',
  help: 'If you are its admin, the longest-standing moderator becomes admin, or else the longest-standing member; muted people come last. When the last member leaves, the channel is deleted with its messages and files: the server asks you first, and a program repeats the line within a minute. What you type then goes to another channel that you are in. If you leave the default channel, you stay out of it until you /join it.',
  data: '{channel, target?}',
  fails: ['no-such-channel', 'not-a-member', 'no-target', 'not-said', 'ends-channel'],
  async run(context, person, { channel: name }) {
    const { leaving, ownSettings, terminal } = context
    const channel = channelToChange(context, person, name)
    // The default channel: it must not come back at the next login.
    if (channel.isDefault) await ownSettings.choose(person, { left: foldName(channel.name) })
    await unlessItEnds(terminal, context.clock, channel, 'Leave it all the same?', (sure) =>
      leaving.leave(person, channel, { via: terminal, sure }),
    )
    if (terminal.target === channel) terminal.target = defaultsFirst(person.channels)[0]
    return { code: 'left', channel: channel.name, target: targetIfAny(context)?.name }
  },
})
