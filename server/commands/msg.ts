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
  help: 'Somebody who is offline reads it at their next login, and in /inbox. If you name somebody as @name who is not in the channel, you are told so.',
  data: '{id, at, waits?, absent?, away?}',
  fails: ['no-such-channel', 'not-a-member', 'no-such-user', 'muted'],
  run: ({ talk, terminal }, person, { to, text }) =>
    talk.say(person, talk.target(person, to), 'text', text, terminal),
})
