import { said, target } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'msg',
  aliases: ['m', 'tell', 'dm', 'w'],
  area: 'talking',
  who: 'guest',
  token: 'write',
  local: true,
  cost: 1,
  says: true,
  args: { to: target, text: said('TEXT') },
  summary: 'Say something to a channel or a person.',
  help: 'Somebody who is offline finds it at the next login, and in /inbox. You are told who is named in it as @name and is not in the channel.',
  data: '{id, at, waits?, absent?, away?}',
  fails: ['no-such-channel', 'not-a-member', 'no-such-user', 'muted'],
  run: ({ talk, terminal }, person, { to, text }) =>
    talk.say(person, talk.target(person, to), 'text', text, terminal),
})
