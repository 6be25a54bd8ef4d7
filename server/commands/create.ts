import { channelName, choice, optional, words } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'create',
  area: 'channels',
  who: 'member',
  moves: true,
  cost: 3,
  args: { channel: channelName, private: optional(choice('private')), names: optional(words('NAME...')) },
  summary: 'Make a channel with you as its admin, and invite people into it.',
  help: 'A private one is seen by its members only. Those you name, by name or number, are asked whether they want to come in. What you type goes there afterwards.',
  data: '{channel, private, invited}',
  fails: ['bad-name', 'name-taken', 'no-such-user', 'quota-exceeded'],
  async run({ channels, invitations, terminal }, account, { channel, private: isPrivate, names = [] }) {
    invitations.checkNames(account, names)
    const made = await channels.create(account, channel, isPrivate !== undefined)
    terminal.talkTo(made)
    const invited = await invitations.invite(account, made, names, terminal)
    return { code: 'created', channel: made.name, private: made.private, invited }
  },
})
