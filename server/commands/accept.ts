import { count } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'accept',
  area: 'channels',
  who: 'member',
  moves: true,
  cost: 2,
  args: { request: count('N', Number.MAX_SAFE_INTEGER) },
  summary: 'Accept an invitation, by its number in /requests. What you type then goes to that channel.',
  help: '',
  data: '{channel, topic, members, messages, made}',
  fails: ['no-such-request', 'banned', 'no-such-channel', 'quota-exceeded'],
  async run({ missed, invitations, terminal }, account, { request }) {
    const entered = await invitations.accept(account, request, terminal)
    terminal.talkTo(entered.channel)
    return { code: 'joined', room: await missed.onEntering(account, entered, terminal), made: false }
  },
})
