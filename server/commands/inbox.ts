import { cursorOf, listArgs, listUsage } from './args.ts'
import { command } from './command.ts'

const usage = `/inbox ${listUsage}`

export default command({
  name: 'inbox',
  area: 'talking',
  who: 'member',
  token: 'read',
  cost: 3,
  reads: true,
  args: listArgs,
  usage,
  summary: 'Show direct messages: those that are unread, or the last ones.',
  help: 'The oldest unread messages come first. What a terminal shows you is read then: if there are more, ask again. after ID and before ID show other messages, read or unread. What a script lists stays unread until a terminal shows it to you or somebody types /read.',
  data: '{messages, more, before?, after?, unreadFrom?}',
  fails: [],
  async run({ inbox, marking, terminal }, account, { first, numbers, ...args }) {
    const reads = terminal.manner.forPeople && terminal.grant === undefined
    const answer = await inbox.of(account, cursorOf(args, usage), reads)
    await marking.looked(account, terminal, answer)
    return { ...answer, numbers: (first ?? numbers) !== undefined }
  },
})
