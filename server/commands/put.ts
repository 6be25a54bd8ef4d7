import { fail } from '../chat/model/failures.ts'
import { optional, rest } from './args.ts'
import { command } from './command.ts'

/** The answer to a person who types it into the chat. */
export const ownConnection =
  'That is for a connection of its own: run the line from /filesend or /fileget in a second terminal.'

export default command({
  name: 'put',
  area: 'files',
  who: 'visitor',
  token: 'any',
  cost: 1,
  unlisted: true,
  args: { rest: optional(rest('TOKEN SIZE [OFFSET] [SHA256]')) },
  usage: '/put TOKEN SIZE [OFFSET] [SHA256]',
  summary: 'Send a file; only as the first line of a new connection. SIZE raw bytes follow.',
  help: 'You need not type it: /filesend answers with the whole line to run in a second terminal.',
  data: '{}',
  fails: [],
  run() {
    throw fail({ code: 'bad-arguments', detail: ownConnection })
  },
})
