import type { SearchFilter } from '../chat/history/search-filter.ts'
import type { Cursor } from '../chat/model/cursor.ts'
import { fail } from '../chat/model/failures.ts'
import { startOfDay } from '../lib/zones.ts'
import { cursorBehind, listUsage, withNumbers, words } from './args.ts'
import { command } from './command.ts'

const usage = `/search WORDS ${listUsage}`

export default command({
  name: 'search',
  area: 'talking',
  who: 'member',
  token: 'read',
  cost: 5,
  args: { words: words('WORDS') },
  usage,
  summary: 'Find messages in your channels, and direct messages to you and by you.',
  help: 'A message must contain all the words (at most 32). A word matches whole words; te* matches words that begin with te; in scripts without spaces between words, such as Chinese, any part of the text matches. You can add in:#channel, from:name (from:#7 also for a deleted account), before:2026-11-01 and after:2026-10-01; days begin at midnight in your time zone. With from:name you need no words. At the end, before ID asks for older messages and after ID for newer ones; with both you search between them. With numbers behind everything each line shows its number; to search for this word, type "numbers" in quotes. A search ends after 5 seconds.',
  data: '{messages, more, before?, after?}',
  fails: ['no-such-channel', 'not-a-member', 'no-such-user', 'took-too-long'],
  async run({ history, terminal }, account, { words: given }) {
    const { cursor, words, ...asked } = cursorBehind(given, usage)
    // Alone it is what to search for.
    const numbers = !asked.numbers && withNumbers.takes(words.at(-1) ?? '') && isQuery(words.slice(0, -1))
    const filter = readFilter(numbers ? words.slice(0, -1) : words, cursor, terminal.zone)
    const answer = await history.search(account, filter, terminal.gone)
    return { ...answer, numbers: numbers || asked.numbers }
  },
})

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Whether something is searched for there, not only where and when. */
function isQuery(words: readonly string[]): boolean {
  return words.some((word) => !/^(in|before|after):./i.test(word))
}

function readFilter(asked: readonly string[], cursor: Cursor, zone: string): SearchFilter {
  const filter: Mutable<SearchFilter> & { words: string[] } = { words: [], asked: asked.join(' '), cursor }
  for (const word of asked) {
    const [, key, value = ''] = /^(in|from|before|after):(.+)$/i.exec(word) ?? []
    switch (key?.toLowerCase()) {
      case 'in':
        filter.in = value.startsWith('#') ? value : `#${value}`
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
  if (filter.words.length === 0 && filter.from === undefined)
    throw fail({ code: 'bad-arguments', detail: 'Say which words to search for, or from:NAME.', usage })
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
