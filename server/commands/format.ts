import { formats } from '../chat/model/manner.ts'
import { choice, optional } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'format',
  area: 'other',
  who: 'visitor',
  token: 'any',
  cost: 0,
  args: { format: choice(...formats), brief: optional(choice('brief')) },
  summary: 'Choose between lines for people and JSON for programs.',
  help: 'After /format json every answer and every event is one JSON object on one line; docs/protocol.md describes them. With brief, answers that tell of channels come without what was said there before, for a program that asks for it with /history where it shows it. The setting holds for this connection only.',
  data: '{format}',
  fails: [],
  async run({ readMarkers, terminal, marking }, person, { brief, format }) {
    const wasForPeople = terminal.manner.forPeople
    terminal.speak(format)
    terminal.brief = brief !== undefined
    if (person?.kind === 'account' && !terminal.grant && terminal.manner.forPeople !== wasForPeople) {
      // A dialect for people shows messages, another one does not; earlier messages stay as they are.
      if (wasForPeople) readMarkers.left(person, terminal)
      else await marking.readsAlong(person, terminal)
    }
    return { code: 'format', format }
  },
})
