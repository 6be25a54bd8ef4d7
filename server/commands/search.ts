import { fail } from '../chat/failures.ts'
import type { SearchFilter } from '../chat/history.ts'
import { startOfDay } from '../lib/zones.ts'
import { words } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'search',
  area: 'talking',
  who: 'member',
  token: 'read',
  cost: 5,
  args: { words: words('WORDS') },
  summary: 'Find messages in your channels and in what was said to you and by you.',
  help: 'All the words, at most 32, must occur, whole; in scripts without spaces between words, such as Chinese, anything that occurs is found. Among them may stand in:#channel, from:name, before:2026-11-01 and after:2026-10-01; days begin at midnight in your time zone. What takes longer than 5 seconds is ended.',
  data: '{messages, more}',
  fails: ['no-such-channel', 'not-a-member', 'no-such-user', 'took-too-long'],
  run: ({ history, terminal }, account, { words }) =>
    history.search(account, readFilter(words, terminal.zone), terminal.presence),
})

function readFilter(words: readonly string[], zone: string): SearchFilter {
  const filter: { words: string[]; in?: string; from?: string; before?: number; after?: number } = {
    words: [],
  }
  for (const word of words) {
    const [, key, value = ''] = /^(in|from|before|after):(.+)$/i.exec(word) ?? []
    switch (key?.toLowerCase()) {
      case 'in':
        filter.in = value
        break
      case 'from':
        filter.from = value
        break
      case 'before':
        filter.before = dayIn(value, zone)
        break
      case 'after':
        filter.after = dayIn(value, zone)
        break
      default:
        filter.words.push(word)
    }
  }
  if (filter.words.length === 0)
    throw fail({ code: 'bad-arguments', detail: 'Say which words to search for.' })
  return filter
}

function dayIn(value: string, zone: string): number {
  const at = startOfDay(value, zone)
  if (at === undefined)
    throw fail({
      code: 'bad-arguments',
      detail: `"${value}" is not a day like 2026-11-01, from 1970 to 2999.`,
    })
  return at
}
