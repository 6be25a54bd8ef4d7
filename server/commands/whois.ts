import { isIn } from '../chat/channel.ts'
import { personRow } from '../chat/channels.ts'
import { noteFor } from '../chat/muting.ts'
import { personName } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'whois',
  area: 'presence',
  who: 'guest',
  token: 'read',
  cost: 1,
  args: { name: personName },
  summary: 'Tell who somebody is.',
  help: 'Presence, since when the account exists, when it was last here, and those of its channels that you may know of.',
  data: '{name, id?, status, note?, operator, since?, lastSeen?, channels}',
  fails: ['no-such-user'],
  run({ clock, directory }, reader, { name }) {
    const person = directory.require(name)
    const channels = [...person.channels]
      .filter((channel) => !channel.private || isIn(channel, reader))
      .map((channel) => channel.name)
      .sort()
    const account = person.kind === 'account' ? person : undefined
    return {
      code: 'whois',
      person: personRow(person, noteFor(reader, person, clock.now())),
      operator: account?.operator ?? false,
      since: account?.since,
      lastSeen: account && account.listeners.size === 0 ? account.seenAt : undefined,
      channels,
    }
  },
})
