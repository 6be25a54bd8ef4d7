import { fail } from '../chat/model/failures.ts'
import { meansChannel } from '../chat/model/names.ts'
import { requireRank } from '../chat/model/ranks.ts'
import { target, word } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'rename',
  area: 'channels',
  who: 'member',
  cost: 3,
  args: { what: target, name: word('NEWNAME') },
  usage: '/rename #NAME|NAME NEWNAME',
  summary: 'Give your channel another name; operators can also rename accounts.',
  help: 'The old name still finds the channel for 30 days (an account: for accounts.nameRestDays), and during that time nobody else can take it. A renamed person logs in with the new name, and during that time also with the old one.',
  data: '{from, name}',
  fails: ['no-such-channel', 'no-such-user', 'not-a-member', 'bad-name', 'name-taken'],
  async run({ channels, directory, renaming, terminal }, account, { what, name }) {
    if (meansChannel(what)) {
      const channel = channels.requireFor(what, account)
      requireRank(channel, account, 2)
      const wanted = name.startsWith('#') ? name : `#${name}`
      const from = await renaming.channel(channel, wanted, account, terminal)
      return { code: 'name-changed', from, name: channel.name }
    }
    if (!account.operator) throw fail({ code: 'not-allowed', why: 'operators-only' })
    const other = directory.require(what)
    if (other.kind === 'guest') throw fail({ code: 'not-allowed', why: 'not-guests' })
    const from = await renaming.account(other, name.replace(/^@/, ''), account, terminal)
    return { code: 'name-changed', from, name: other.name }
  },
})
