import { channelName } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'join',
  aliases: ['j'],
  area: 'channels',
  who: 'guest',
  cost: 2,
  args: { channel: channelName },
  summary: 'Enter a channel; what you type goes there.',
  help: 'You see its last lines and hear all that is said in it until you /leave, also what was said while you were offline. If there is no such channel it is made, with you as its admin.',
  data: '{channel, topic, members, messages, made}',
  fails: ['bad-name', 'no-such-channel', 'invite-only'],
  async run({ channels, history, terminal }, person, { channel }) {
    const entered = await channels.join(person, channel, terminal)
    terminal.target = entered.channel
    return { code: 'joined', room: await history.onEntering(entered), made: entered.made }
  },
})
