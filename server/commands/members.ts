import { channelName, choice, optional } from './args.ts'
import { command } from './command.ts'
import { channelHere } from './here.ts'

export default command({
  name: 'members',
  aliases: ['names'],
  area: 'channels',
  who: 'guest',
  token: 'read',
  local: true,
  cost: 2,
  args: { channel: optional(channelName), online: optional(choice('online')) },
  summary: 'List who belongs to a channel, or to the one you talk in.',
  help: 'With number, presence, and who is admin; with online only those who are there, without yourself. The plain words MEMBERS ONLINE mean /members online.',
  data: '{channel, members: [{name, id?, status, note?, role?}]}',
  fails: ['no-such-channel', 'not-a-member', 'no-target'],
  run(context, person, { channel: name, online }) {
    const { channels } = context
    const channel = channelHere(context, person, name)
    const all = channels.members(channel, person)
    const members =
      online === undefined
        ? all
        : all.filter(({ name: one, status }) => status !== 'offline' && one !== person.name)
    return { code: 'members', channel: channel.name, members, others: online !== undefined }
  },
})
