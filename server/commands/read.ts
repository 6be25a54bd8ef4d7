import { messageNumber, optional, target } from './args.ts'
import { command } from './command.ts'
import { placeHere } from './here.ts'

export default command({
  name: 'read',
  area: 'talking',
  who: 'member',
  local: true,
  cost: 1,
  args: {
    of: optional({ ...target, takes: (word) => !/^\d+$/.test(word) }),
    id: optional(messageNumber),
  },
  usage: '/read [TARGET] [ID]',
  summary: 'Say that you have read a channel or what somebody said to you, here or in TARGET.',
  help: 'All of it, or up to message ID. What a terminal has shown you is read by itself; a program says so by this. It never goes back: /unread TARGET ID does.',
  data: '{channel?, with?, read, count, more, mentions, last}',
  fails: ['no-such-channel', 'not-a-member', 'no-such-user', 'no-target'],
  async run(context, account, { of, id }) {
    const { terminal, unread } = context
    return { code: 'read', place: await unread.read(account, of ?? placeHere(context), id, terminal) }
  },
})
