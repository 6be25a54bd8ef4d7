import { fail } from '../chat/model/failures.ts'
import { brief, channelName, optional } from './args.ts'
import { command } from './command.ts'
import { channelHere, channelToChange } from './here.ts'

export default command({
  name: 'topic',
  area: 'channels',
  who: 'guest',
  token: 'read',
  changes: ({ text }) => text !== undefined,
  local: true,
  cost: 2,
  args: { channel: optional(channelName), text: optional(brief('TEXT', 300)) },
  summary: 'Show or set the topic of a channel.',
  help: 'The word none removes the topic. Any member who may speak can set it; in a default channel, only an operator.',
  data: '{channel, topic}',
  fails: ['no-such-channel', 'not-a-member', 'no-target', 'not-said', 'muted'],
  async run(context, person, { channel: name, text }) {
    const { channelSettings, talk, terminal } = context
    const of = text === undefined ? channelHere : channelToChange
    const channel = of(context, person, name)
    if (text === undefined)
      return { code: 'topic', channel: channel.name, topic: channel.topic, changed: false }
    if (person.kind === 'guest') throw fail({ code: 'not-allowed', why: 'guests-cannot' })
    // Everybody reads a topic, so it has the same rules as a message.
    talk.check(person, channel)
    await channelSettings.setTopic(person, channel, text.toLowerCase() === 'none' ? '' : text, terminal)
    return { code: 'topic', channel: channel.name, topic: channel.topic, changed: true }
  },
})
