import { rest } from './args.ts'
import { command } from './command.ts'
import { targetHere } from './here.ts'

export default command({
  name: 'me',
  area: 'talking',
  who: 'guest',
  token: 'write',
  local: true,
  cost: 1,
  says: true,
  args: { text: rest('TEXT') },
  summary: 'Say what you are doing: /me waves.',
  help: '',
  data: '{id, at, absent?}',
  fails: ['no-target', 'not-said', 'not-a-member', 'no-such-user', 'muted'],
  run: (context, person, { text }) =>
    context.talk.say(person, targetHere(context), 'action', text, context.terminal),
})
