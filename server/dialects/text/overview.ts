import type { OverviewReply } from '../../chat/model/replies/overview.ts'
import { plural, table } from './layout.ts'
import { statusText } from './people.ts'
import type { ReplyLines } from './reply-lines.ts'
import type { Screen } from './screen.ts'

/** What somebody has here. */
export const overviewReplies = { overview: overviewLines } satisfies Partial<ReplyLines>

/** Where somebody is, what waits there and with whom they talk. */
function overviewLines({ chosen, people, requests, rooms }: OverviewReply, screen: Screen): string[] {
  const rows = [
    ...rooms.map((room) => [room.channel, ...countCells(room), room.topic]),
    ...people.map((person) => [
      person.with,
      ...countCells(person),
      person.gone ? `gone: /history #${person.id}` : statusText(person),
    ]),
  ]
  const talks =
    people.length > 0 ? `, and direct messages with ${plural(people.length, 'person', 'people')}` : ''
  return [
    ...table(rows, screen.width),
    ...(requests.length > 0 ? [`* ${plural(requests.length, 'invitation')}: /requests lists them.`] : []),
    ...chosen.map((name) => `* ${name} would like a private talk with you: /chat ${name} begins it`),
    `* ${plural(rooms.length, 'channel')}${talks}.`,
  ]
}

function countCells({ count, mentions, more }: { count: number; mentions: number; more: boolean }): string[] {
  const unread = count === 0 && !more ? '' : `${count}${more ? '+' : ''} unread`
  return [unread, mentions === 0 ? '' : plural(mentions, 'mention')]
}
