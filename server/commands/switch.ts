import { isFor } from '../chat/model/grants.ts'
import { pageRows } from '../chat/model/paging.ts'
import { isGone } from '../chat/talk/target.ts'
import { optional, target } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'switch',
  aliases: ['focus'],
  area: 'talking',
  who: 'guest',
  token: 'any',
  local: true,
  moves: true,
  cost: 1,
  args: { to: optional(target) },
  summary: 'Choose where plain text goes: a channel or a person.',
  help: 'Without TARGET it shows where plain text goes now, and which channels you are in.',
  data: '{target?, channels}',
  fails: ['no-such-channel', 'not-a-member', 'no-such-user'],
  run({ talk, terminal }, person, { to }) {
    if (to !== undefined) terminal.talkTo(talk.target(person, to))
    const own = [...person.channels].map(({ name }) => name).sort()
    const channels = own.filter((name) => to === undefined && isFor(terminal.grant, name))
    const shown = channels.slice(0, pageRows)
    const moreChannels = channels.length - shown.length || undefined
    const { target: now } = terminal
    const goes = now && !isGone(person, now) ? now.name : undefined
    return { code: 'target', target: goes, channels: shown, moreChannels }
  },
})
