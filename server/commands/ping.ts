import { optional, rest } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'ping',
  area: 'other',
  who: 'visitor',
  token: 'any',
  cost: 0,
  args: { text: optional(rest('TEXT')) },
  summary: 'Get an answer, to see that the connection works.',
  help: '',
  data: '{text}',
  fails: [],
  run: (_context, _person, { text = '' }) => ({ code: 'pong', text }),
})
