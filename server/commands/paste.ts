import { fail } from '../chat/model/failures.ts'
import { mostRows, rowCount, tooMuch } from '../chat/model/rows.ts'
import { isBlank } from '../lib/clean.ts'
import { optional, target } from './args.ts'
import { command } from './command.ts'
import { targetHere } from './here.ts'

export default command({
  name: 'paste',
  area: 'talking',
  who: 'guest',
  token: 'write',
  local: true,
  cost: 1,
  says: true,
  payload: true,
  args: { to: optional(target) },
  summary: 'Say several lines as one message, for example code or a list.',
  help: `Paste the lines, then a line with one dot. A line with /cancel alone ends without saying anything. Tabs and blank lines stay. A line of two dots becomes one dot. At most ${mostRows} lines and 64 KiB; each line counts as a message against your limit.`,
  data: '{id, at, lines, waits?, absent?, away?}',
  fails: [
    'no-target',
    'not-said',
    'no-such-channel',
    'not-a-member',
    'no-such-user',
    'muted',
    'bad-encoding',
    'line-too-long',
    'text-too-long',
  ],
  async run(context, person, { to }) {
    const { pairs, talk, terminal } = context
    const where = to === undefined ? targetHere(context) : talk.target(person, to)
    const partner = to === undefined ? pairs.partnerOf(terminal) : undefined
    talk.check(person, where)
    const rows: string[] = []
    let text = ''
    await terminal.readRows(
      `Paste what to say to ${where.name}, then a line of one dot. /cancel ends it.`,
      async (row) => {
        rows.push(row === '..' ? '.' : row)
        text = rows.join('\n')
        const problem = tooMuch(text, Number.POSITIVE_INFINITY)
        if (problem) throw fail(problem)
        // One line of a program may have several rows; the first of all stands on the line of the command.
        const more = rowCount(row) - (rows.length === 1 ? 1 : 0)
        if (more > 0) await terminal.pay(more)
      },
    )
    if (isBlank(text)) throw fail({ code: 'bad-arguments', detail: 'There was nothing to say.' })
    // The private talk has ended meanwhile: the text goes nowhere else.
    if (terminal.person !== person) throw fail({ code: 'cancelled' })
    if (partner && pairs.partnerOf(terminal) !== partner) throw fail({ code: 'no-target' })
    const { code, ...said } = await talk.say(person, where, 'text', text, terminal)
    return { code, ...said, lines: text.split('\n').length }
  },
})
