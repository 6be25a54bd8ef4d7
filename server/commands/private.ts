import { fail } from '../chat/model/failures.ts'
import { requireRank } from '../chat/model/ranks.ts'
import { channelName, choice, optional } from './args.ts'
import { command } from './command.ts'
import { yesOrNo } from './confirm.ts'
import { channelToLead } from './here.ts'

export default command({
  name: 'private',
  area: 'channels',
  who: 'member',
  cost: 3,
  args: { channel: optional(channelName), on: choice('on', 'off') },
  summary: 'Show your channel to its members only, or to everybody.',
  help: 'People come into a private channel by /invite. Guests leave it, and its files get new addresses. When it becomes public again, everybody who joins can read all its earlier messages: on a terminal you are asked first.',
  data: '{channel, private}',
  fails: ['no-such-channel', 'not-a-member', 'no-target'],
  async run(context, account, { channel: name, on }) {
    const { channelSettings, terminal } = context
    const channel = channelToLead(context, account, name)
    requireRank(channel, account, 2)
    const wanted = on === 'on'
    // Once others have read the messages, that cannot be undone. A program is not asked.
    if (!wanted && channel.private && terminal.manner.typed) {
      const question = `Make ${channel.name} public? Whoever joins can read all that was said there, also before. yes or no: `
      if (!(await terminal.ask(question, { check: yesOrNo }))) throw fail({ code: 'cancelled' })
      requireRank(channel, account, 2)
    }
    await channelSettings.setPrivate(channel, wanted, account, terminal)
    return { code: 'privacy', channel: channel.name, private: channel.private }
  },
})
