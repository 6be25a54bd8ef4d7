import { choice, messageNumber, optional, target } from './args.ts'
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
    // /unread lists the messages of deleted accounts under this name.
    user: optional(choice('user')),
    id: optional(messageNumber),
  },
  usage: '/read [TARGET] [ID]',
  summary: 'Say that you have read a channel or what somebody said to you, here or in TARGET.',
  help: 'All of it, or up to message ID; /read all is every place. What a terminal has shown you is read by itself; a program says so by this. It never goes back: /unread TARGET ID does.',
  data: '{channel?, with?, read, count, more, mentions, last}; {unread, page, total, more} when all is read',
  fails: ['no-such-channel', 'not-a-member', 'no-such-user', 'no-target'],
  async run(context, account, { of, user, id }) {
    const { marking, terminal } = context
    const name = user === undefined ? of : `${of} ${user}`
    if (id === undefined && marking.meansAll(name)) {
      await marking.readAll(account, terminal)
      return { code: 'unread', unread: [], paged: { page: 1, total: 0 } }
    }
    return { code: 'read', place: await marking.read(account, name ?? placeHere(context), id, terminal) }
  },
})
