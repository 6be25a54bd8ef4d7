import { channelName, offering, optional, words } from './args.ts'
import { command } from './command.ts'
import { channelToChange } from './here.ts'

export default command({
  name: 'invite',
  aliases: ['add'],
  area: 'channels',
  who: 'member',
  cost: 3,
  args: { channel: optional(channelName), names: offering('people', words('NAME...')) },
  summary: 'Ask people, by name or number, to come into a channel that you lead.',
  help: 'The server asks them at once, or at their next login, until they answer, and tells you the answer. If you ask twice, they still get one request.',
  data: '{channel, invited}',
  fails: [
    'no-such-channel',
    'not-a-member',
    'no-target',
    'not-said',
    'no-such-user',
    'already-a-member',
    'banned',
    'quota-exceeded',
  ],
  async run(context, account, { channel: name, names }) {
    const { invitations, terminal } = context
    const channel = channelToChange(context, account, name)
    const invited = await invitations.invite(account, channel, names, terminal)
    return { code: 'invited', channel: channel.name, invited }
  },
})
