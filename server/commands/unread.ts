import { pageOf } from '../chat/model/paging.ts'
import { choice, messageNumber, optional, readTarget } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'unread',
  area: 'talking',
  who: 'member',
  token: 'read',
  local: true,
  // It makes messages unread that the person has read.
  changes: ({ of, number }) => of !== undefined && number !== undefined,
  cost: 3,
  reads: true,
  args: {
    of: optional({ ...readTarget, takes: (word) => !/^(\d+|page)$/i.test(word) }),
    page: optional(choice('page')),
    number: optional(messageNumber),
  },
  usage: '/unread [TARGET] [ID|PAGE]',
  summary: 'List the channels and people with unread messages, the newest first.',
  help: 'What a login does not show you stays unread until you look at it with /history or /inbox, or say /read. In a channel that is quiet (all), only messages that name you count. With TARGET and ID everything there from that message on is unread again; a number alone is a page of the list.',
  data: '{unread: [{channel?, with?, read, count, more, mentions, last}], page, total, more}; {channel?, with?, read, count, more, mentions, last}',
  fails: ['no-such-channel', 'not-a-member', 'no-such-user'],
  async run({ marking, terminal, unread }, account, { of, number, page }) {
    if (of === undefined) {
      const all = await unread.of(account, terminal.grant)
      // Behind /read a number is a message.
      const instead =
        page || !number
          ? ''
          : ` To mark messages from number ${number} on as unread: /unread ${terminal.target?.name ?? 'TARGET'} ${number}`
      const { rows, paged } = pageOf(all, number ?? 1, '/unread', { instead })
      return { code: 'unread', unread: rows, paged }
    }
    if (number !== undefined)
      return { code: 'read', place: await marking.unread(account, of, number, terminal), from: number }
    const row = await unread.in(account, of)
    const rows = row.count > 0 || row.more ? [row] : []
    return {
      code: 'unread',
      unread: rows,
      of: row.channel ?? row.with,
      paged: { page: 1, total: rows.length },
    }
  },
})
