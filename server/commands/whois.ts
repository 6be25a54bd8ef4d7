import { lastSeenOf } from '../chat/model/people.ts'
import { noteFor } from '../chat/people/muting.ts'
import { personRow } from '../chat/people/rows.ts'
import { optional, pageNumber, personName } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'whois',
  area: 'presence',
  who: 'guest',
  token: 'read',
  cost: 1,
  args: { name: personName, page: optional(pageNumber) },
  summary: 'Show who somebody is.',
  help: 'It shows presence, the age of the account, when the person was last here, and those of their channels that you may know of.',
  data: '{name, id?, status, note?, operator, since?, lastSeen?, channels, page, total, more}',
  fails: ['no-such-user'],
  run({ channelLists, clock, directory }, reader, { name, page = 1 }) {
    const person = directory.require(name)
    const account = person.kind === 'account' ? person : undefined
    return {
      code: 'whois',
      person: personRow(person, noteFor(reader, person, clock.steady())),
      operator: account?.operator ?? false,
      since: account?.since,
      lastSeen: account && account.listeners.size === 0 ? lastSeenOf(account) : undefined,
      ...channelLists.namesOf(person, reader, page),
    }
  },
})
