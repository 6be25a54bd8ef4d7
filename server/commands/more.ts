import { count } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'more',
  area: 'other',
  who: 'visitor',
  token: 'any',
  cost: 1,
  reads: true,
  unlisted: true,
  args: { number: count('N', Number.MAX_SAFE_INTEGER) },
  summary: 'Get what did not fit into an answer, for programs.',
  help: 'An answer in JSON that would be longer than 48 KiB has a part of its lists, with more and the number of the rest. /more with that number answers what follows in the lists, perhaps with another number.',
  data: '{more, rest?, and what follows in the lists}',
  fails: [],
  run: ({ terminal }, _person, { number }) => terminal.rest(number),
})
