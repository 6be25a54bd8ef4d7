import { formats } from '../chat/model/manner.ts'
import { choice } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'format',
  area: 'other',
  who: 'visitor',
  token: 'any',
  cost: 0,
  args: { format: choice(...formats) },
  summary: 'Choose between lines for people and JSON for programs.',
  help: 'After /format json every answer and every event is one JSON object on one line; docs/protocol.md describes them. The setting holds for this connection only.',
  data: '{format}',
  fails: [],
  async run({ readMarkers, terminal, marking }, person, { format }) {
    const wasForPeople = terminal.manner.forPeople
    terminal.speak(format)
    if (person?.kind === 'account' && !terminal.grant && terminal.manner.forPeople !== wasForPeople) {
      // A dialect for people shows messages, another one does not; earlier messages stay as they are.
      if (wasForPeople) readMarkers.left(person, terminal)
      else await marking.readsAlong(person, terminal)
    }
    return { code: 'format', format }
  },
})
