import { fail } from '../chat/model/failures.ts'
import { count, cursorOf, listArgs, listUsage, optional, readTarget, withNumbers } from './args.ts'
import { command } from './command.ts'

const usage = `/history [TARGET] [N] ${listUsage}`
const mostLines = 500
/** Reading this many lines costs as much as saying one: it is as much work for the server. */
const linesForOne = 30

export default command({
  name: 'history',
  area: 'talking',
  who: 'guest',
  token: 'read',
  local: true,
  cost: 3,
  reads: true,
  args: {
    of: optional({ ...readTarget, takes: (word) => !/^(\d+|before|after|numbers)$/i.test(word) }),
    leading: withNumbers,
    lines: optional(count('N', mostLines)),
    ...listArgs,
  },
  usage,
  summary: 'Show earlier messages, here or in TARGET.',
  help: `Up to ${mostLines} lines of a channel that you are in, or of your talk with a person; #7 means the account of that number, also a deleted one. Each answer ends with the number for the next question: before ID shows older messages, and after ID shows newer ones, oldest first; with both you see what is between. With numbers each line shows its number, for /delete and /edit.`,
  data: '{messages, more, before?, after?, changes?, complete?}',
  fails: ['no-such-channel', 'not-a-member', 'no-such-user', 'no-target'],
  async run(context, person, { of, leading, first, lines, numbers, ...args }) {
    const { history, terminal } = context
    const { id = 0, otherId, otherSide, side } = args
    if (side && otherId !== undefined && otherSide === undefined && lines === undefined) {
      const place = of === undefined ? '/history' : `/history ${of}`
      const range =
        side === 'after' && otherId > id ? ` What is between: ${place} after ${id} before ${otherId}.` : ''
      const detail = `How many messages to show stands in front: ${place} ${otherId} ${side} ${id}.${range}`
      throw fail({ code: 'bad-arguments', detail, usage })
    }
    const cursor = cursorOf(args, usage)
    const name = of ?? terminal.target?.name
    if (name === undefined) throw fail({ code: 'no-target' })
    await terminal.pay(Math.floor((lines ?? 0) / linesForOne))
    const found = await history.of(person, name, lines, cursor)
    await context.marking.looked(person, terminal, found, name)
    // A person reads messages as they are now.
    const answer = terminal.manner.forPeople ? found : await context.catchingUp.with(found, person, name)
    await terminal.pay(Math.floor((answer.changes?.length ?? 0) / linesForOne))
    return {
      ...answer,
      numbers: (leading ?? first ?? numbers) !== undefined,
    }
  },
})
