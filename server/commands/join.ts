import { fail } from '../chat/model/failures.ts'
import { channelName } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'join',
  aliases: ['j'],
  area: 'channels',
  who: 'guest',
  local: true,
  moves: true,
  cost: 2,
  args: { channel: channelName },
  summary: 'Enter a channel; what you type goes there.',
  help: 'You see its last lines, and read every message in it until you /leave, also those from while you were offline. If there is no such channel, it is created with you as its admin, but not on a connection by token. Joining a channel that you are invited into accepts the invitation.',
  data: '{channel, topic, members, messages, made}',
  fails: ['bad-name', 'no-such-channel', 'invite-only', 'banned', 'quota-exceeded'],
  async run({ invitations, joining, missed, ownSettings, terminal }, person, { channel }) {
    const request = person.kind === 'account' ? invitations.pendingInto(person, channel) : undefined
    const entered =
      person.kind === 'account' && request !== undefined
        ? await invitations.accept(person, request, terminal)
        : await joining.join(person, channel, terminal)
    if (entered.channel.removed) throw fail({ code: 'no-such-channel', channel, mayCreate: false })
    if (entered.channel.isDefault && person.settings.left !== undefined)
      await ownSettings.choose(person, { left: undefined })
    terminal.talkTo(entered.channel)
    return { code: 'joined', room: await missed.onEntering(person, entered, terminal), made: entered.made }
  },
})
