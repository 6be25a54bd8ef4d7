import { optional, rest, target } from './args.ts'
import { command } from './command.ts'
import { givenName } from './file-name.ts'
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
  summary: 'Send a file to a channel or a person: you get lines, and run one in the folder of the file.',
  help: 'Run it in a second terminal. On Windows, in PowerShell and cmd, that is: curl.exe -T "NAME" ADDRESS, with the address of the second line. Of a folder make one file first, like tar czf photos.tgz photos. NAME may be a path, and stand in quotes. When the whole file has arrived, everybody in the channel, or that person, can get it. If an upload breaks off, /files shows the lines that continue it.',
  data: '{id, name, to, token, command, curl, expires}',
  fails: ticketFails,
  async run(context, account, { to, name }) {
    const { clock, talk, terminal, tickets } = context
    const where = to === undefined ? targetHere(context) : talk.target(account, to)
    const { expires, file, token } = await tickets.offer(
      account,
      where,
      givenName(name, terminal),
      terminal.grant,
    )
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
