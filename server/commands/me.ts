import { fail } from '../chat/failures.ts'
import { rest } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'me',
  area: 'talking',
  who: 'guest',
  cost: 1,
  args: { text: rest('TEXT') },
  summary: 'Say what you do: /me waves.',
  help: '',
  data: '{id, at}',
  fails: ['no-target', 'not-a-member', 'no-such-user', 'muted'],
  run({ pairs, talk, terminal }, person, { text }) {
    const target = pairs.partnerOf(terminal) ?? terminal.target
    if (!target) throw fail({ code: 'no-target' })
    return talk.say(person, target, 'action', text, terminal)
  },
})
