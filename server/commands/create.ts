import { channelName, choice, offering, optional, words } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'create',
  area: 'channels',
  who: 'member',
  moves: true,
  cost: 3,
  args: {
    channel: channelName,
    private: optional(choice('private')),
    names: optional(offering('people', words('NAME...'))),
  },
  summary: 'Create a channel with you as its admin, and invite people into it.',
  help: 'Only its members can see a private channel. The people that you give, by name or number, are asked whether they want to come in. What you type then goes to the new channel.',
  data: '{channel, private, invited}',
  fails: ['bad-name', 'name-taken', 'no-such-user', 'quota-exceeded'],
  async run({ creating, invitations, terminal }, account, { channel, private: isPrivate, names = [] }) {
    invitations.checkNames(account, names)
    const made = await creating.create(account, channel, isPrivate !== undefined, terminal)
    terminal.talkTo(made)
    const invited = await invitations.invite(account, made, names, terminal)
    return { code: 'created', channel: made.name, private: made.private, invited }
  },
})
