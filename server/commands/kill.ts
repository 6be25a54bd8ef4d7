import { fail } from '../chat/model/failures.ts'
import { brief, optional, personName } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'kill',
  area: 'operator',
  who: 'operator',
  harm: 'destroys',
  cost: 1,
  args: { name: personName, why: optional(brief('WHY', 200)) },
  summary: 'Disconnect somebody.',
  help: 'They may come back. /banaddress bans an address, /deluser deletes an account.',
  data: '{name, connections}',
  fails: ['no-such-user', 'offline'],
  run({ access, directory }, operator, { name, why }) {
    const person = directory.require(name)
    if (person === operator) throw fail({ code: 'not-allowed', why: 'not-oneself' })
    const connections = access.end(person, { why: 'killed', note: why })
    if (connections === 0) throw fail({ code: 'offline', name: person.name })
    return { code: 'killed', name: person.name, connections }
  },
})
