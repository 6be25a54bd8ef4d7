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
  summary: 'Get the raw bytes of a file and nothing else; only as the first line of a new connection.',
  help: 'You need not type it: the announcement of a file and /fileget show the whole line to run in a second terminal.',
  data: '{}',
  fails: [],
  run() {
    throw fail({ code: 'bad-arguments', detail: ownConnection })
  },
})
