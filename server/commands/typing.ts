import { choice, optional, target } from './args.ts'
import { command } from './command.ts'
import { targetHere } from './here.ts'

const ways = ['on', 'off'] as const

export default command({
  name: 'typing',
  area: 'talking',
  who: 'guest',
  token: 'write',
  local: true,
  cost: 0.5,
  unlisted: true,
  args: {
    way: optional(choice(...ways)),
    of: optional({ ...target, takes: (word) => !/^stop$/i.test(word) }),
    stop: optional(choice('stop')),
  },
  usage: '/typing on|off, /typing [TARGET] [stop]',
  summary: 'Say that you are typing, or be told of others who are.',
  help: 'For programs with a window. on: this connection gets typing events from now on. Otherwise those who have asked for it are told that you are typing, here or in TARGET, or that you have stopped. Say so again every 3 seconds, and show it of others for 6 seconds.',
  data: '{on}; {channel?, to?}',
  fails: ['no-target', 'no-such-channel', 'not-a-member', 'no-such-user', 'muted'],
  run(context, person, { way, of, stop }) {
    const { talk, terminal, typing } = context
    if (way !== undefined) {
      typing.ask(terminal, way === 'on')
      return { code: 'typing-heard', on: way === 'on' }
    }
    const where = of === undefined ? targetHere(context) : talk.target(person, of)
    typing.tell(person, where, stop !== undefined, terminal)
    return { code: 'typing', of: where.name }
  },
})
