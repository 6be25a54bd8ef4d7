import { offering, optional, word } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'chat',
  area: 'talking',
  who: 'guest',
  moves: true,
  cost: 2,
  args: { with: optional(offering('people', word('NAME|NUMBER'))) },
  summary: 'Begin a private talk with somebody, or list the people whom you can ask.',
  help: 'The talk begins when the other person accepts: each of you types /chat with the name of the other. Then what you type goes to the other person until one of you types /end or @end. Instead of a name you can type a number from the list.',
  data: '{with, begun}; {names}',
  fails: ['no-such-user', 'offline', 'blocked'],
  run({ pairs, terminal }, person, { with: name }) {
    if (name === undefined) return { code: 'chat-list', names: pairs.list(person, terminal) }
    const { with: other, begun } = pairs.choose(person, terminal, name)
    return begun
      ? { code: 'paired', with: other }
      : { code: 'chat-waiting', with: other, target: terminal.target?.name }
  },
})
