import { fail } from '../chat/model/failures.ts'
import { optional, rest } from './args.ts'
import { command } from './command.ts'
import { ownConnection } from './put.ts'

export default command({
  name: 'get',
  area: 'files',
  who: 'visitor',
  token: 'any',
  cost: 1,
  unlisted: true,
  args: { rest: optional(rest('TOKEN [OFFSET]')) },
  usage: '/get TOKEN [OFFSET]',
  summary: 'The first line of a connection of its own that gets a file: its raw bytes, and nothing else.',
  help: 'You need not type it: the news of a file and /fileget come with the whole line to run in a second terminal.',
  data: '{}',
  fails: [],
  run() {
    throw fail({ code: 'bad-arguments', detail: ownConnection })
  },
})
