import { fail } from '../chat/model/failures.ts'
import { Base64Reader } from '../lib/base64.ts'
import { quoted } from '../lib/quoted.ts'
import { rest } from './args.ts'
import { command } from './command.ts'
import { givenName } from './file-name.ts'
import { fileTarget, ticketFails } from './filesend.ts'
import { targetHere } from './here.ts'

export default command({
  name: 'filepaste',
  area: 'files',
  who: 'member',
  token: 'write',
  local: true,
  cost: 3,
  payload: true,
  args: { to: fileTarget, name: rest('NAME') },
  summary: 'Send a file as base64 lines in this connection, where there is no second terminal.',
  help: 'Paste the output of base64 FILE, then a line with one dot. A line with /cancel alone ends without sending. You can paste the output of /fileget N inline as it is.',
  data: '{id, name, size, sha256, from, channel?, to?, get, at, expires?}',
  fails: [...ticketFails, 'file-too-large', 'disk-full', 'bad-ticket', 'bad-encoding', 'line-too-long'],
  async run(context, account, { to, name }) {
    const { talk, terminal, tickets, uploads } = context
    const where = to === undefined ? targetHere(context) : talk.target(account, to)
    const { file, token } = await tickets.offer(account, where, givenName(name, terminal), terminal.grant)
    const upload = await uploads.begin(token, { size: undefined, offset: 0 })
    const reader = new Base64Reader()
    try {
      let number = 0
      await terminal.readRows(
        `Paste ${quoted(file.name)} for ${where.name} now, as base64; then a line of one dot. /cancel ends it.`,
        async (row) => {
          number++
          const bytes = reader.push(row.trim().replace(/^- /, ''))
          if (bytes === undefined)
            throw fail({ code: 'bad-arguments', detail: `Line ${number} is not base64; nothing was sent.` })
          await upload.write(bytes)
        },
      )
      if (!reader.complete)
        throw fail({
          code: 'bad-arguments',
          detail: 'The last line of base64 is cut off; nothing was sent.',
        })
      return { code: 'file-stored', file: await upload.finish(terminal) }
    } catch (error) {
      await upload.cancel()
      throw error
    }
  },
})
