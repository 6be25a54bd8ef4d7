import { optional, rest, target } from './args.ts'
import { command } from './command.ts'
import { targetHere } from './here.ts'

/** A word that can only be the place for a file. */
export const fileTarget = optional({
  ...target,
  label: '#CHANNEL|@PERSON',
  takes: (word) => word.startsWith('#') || word.startsWith('@'),
})

/** The reason why the person gets no ticket. */
export const ticketFails = [
  'not-said',
  'no-target',
  'no-such-channel',
  'not-a-member',
  'no-such-user',
  'muted',
  'bad-file-name',
  'quota-exceeded',
] as const

export default command({
  name: 'filesend',
  area: 'files',
  who: 'member',
  token: 'write',
  local: true,
  cost: 3,
  args: { to: fileTarget, name: rest('NAME') },
  summary: 'Send a file to a channel or a person: you get a line to run in the folder of the file.',
  help: 'Run the line in a second terminal. When the whole file has arrived, everybody in the channel, or that person, can get it. If an upload breaks off, /files shows the line that continues it. curl -T FILE http://HOST:PORT/put/TOKEN does the same.',
  data: '{id, name, to, token, command, expires}',
  fails: ticketFails,
  async run(context, account, { to, name }) {
    const { clock, talk, terminal, tickets } = context
    const where = to === undefined ? targetHere(context) : talk.target(account, to)
    const { expires, file, token } = await tickets.offer(account, where, name.trim(), terminal.grant)
    return {
      code: 'file-ticket',
      id: file.id,
      name: file.name,
      to: where.name,
      token,
      expires,
      now: clock.now(),
    }
  },
})
