import { messageNumber, optional, readTarget } from './args.ts'
import { command } from './command.ts'
import { placeHere } from './here.ts'

export default command({
  name: 'read',
  area: 'talking',
  who: 'member',
  local: true,
  cost: 1,
  reads: true,
  args: {
    of: optional({ ...readTarget, takes: (word) => !/^\d+$/.test(word) }),
    id: optional(messageNumber),
  },
  usage: '/read [TARGET] [ID]',
  summary: 'Mark messages as read: those of the place where you talk, or of TARGET.',
  help: 'All of them, or those up to message ID; /read all means every place. What a terminal shows you is marked as read by itself; a program marks it with this command. /unread TARGET ID marks messages as unread again.',
  data: '{channel?, with?, read, count, more, mentions, last}; {unread, page, total, more} when all is read',
  fails: ['no-such-channel', 'not-a-member', 'no-such-user', 'no-target'],
  async run(context, account, { of, id }) {
    const { marking, terminal } = context
    if (id === undefined && marking.meansAll(of)) {
      await marking.readAll(account, terminal)
      return { code: 'unread', unread: [], paged: { page: 1, total: 0 } }
    }
    return { code: 'read', place: await marking.read(account, of ?? placeHere(context), id, terminal) }
  },
})
