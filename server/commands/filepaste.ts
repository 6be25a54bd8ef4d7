import { fail } from '../chat/failures.ts'
import { Base64Reader } from '../lib/base64.ts'
import { rest } from './args.ts'
import { command } from './command.ts'
import { fileTarget, ticketFails } from './filesend.ts'
import { targetHere } from './here.ts'

const end = '.'

export default command({
  name: 'filepaste',
  area: 'files',
  who: 'member',
  token: 'write',
  local: true,
  cost: 3,
  args: { to: fileTarget, name: rest('NAME') },
  summary: 'Send a file as base64 lines in this connection, where there is no second terminal.',
  help: 'Paste what base64 FILE prints, then a line of one dot; /cancel alone on a line ends it without sending. What /fileget N inline shows can be pasted as it is.',
  data: '{id, name, size, sha256, from, channel?, to?, get, at, expires?}',
  fails: [...ticketFails, 'file-too-large', 'disk-full', 'bad-ticket', 'bad-encoding', 'line-too-long'],
  async run(context, account, { to, name }) {
    const { files, talk, terminal, uploads } = context
    const where = to === undefined ? targetHere(context) : talk.target(account, to)
    const { file, token } = await files.offer(account, where, name.trim(), terminal.grant)
    const upload = await uploads.begin(token, { size: undefined, offset: 0 })
    const reader = new Base64Reader()
    let problem: unknown
    let cancelled = false
    try {
      const wanted = `Paste ${file.name} for ${where.name} now, as base64; then a line of one dot. /cancel ends it.`
      let number = 0
      await terminal.readLines(wanted, async (line) => {
        const text = line.trim()
        number++
        cancelled = text.toLowerCase() === '/cancel'
        if (text === end || cancelled) return true
        // What is pasted is read to its end whatever is wrong with it: it must not be said to everybody.
        if (problem !== undefined) return false
        try {
          const bytes = reader.push(text.replace(/^- /, ''))
          if (bytes === undefined)
            throw fail({ code: 'bad-arguments', detail: `Line ${number} is not base64; nothing was sent.` })
          await upload.write(bytes)
        } catch (error) {
          problem = error
        }
        return false
      })
      if (cancelled) throw fail({ code: 'cancelled' })
      if (problem === undefined && !reader.complete)
        problem = fail({
          code: 'bad-arguments',
          detail: 'The last line of base64 is cut off; nothing was sent.',
        })
      if (problem !== undefined) throw problem
      return { code: 'file-stored', file: await upload.finish(terminal) }
    } catch (error) {
      await upload.cancel()
      throw error
    }
  },
})
