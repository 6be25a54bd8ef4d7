import { type Paged, pageRows } from '../../chat/model/paging.ts'
import type { Reply } from '../../chat/model/replies.ts'
import { accountReplies } from './account.ts'
import { channelReplies } from './channels.ts'
import { connectionReplies } from './connection.ts'
import { fileReplies } from './files.ts'
import { moderationReplies } from './moderation.ts'
import { operatorReplies } from './operators.ts'
import { overviewReplies } from './overview.ts'
import { peopleReplies } from './people.ts'
import type { ReplyLines } from './reply-lines.ts'
import type { Screen } from './screen.ts'
import { talkReplies } from './talk.ts'
import { welcomeReplies } from './welcome.ts'

/** Each code stands in the file of its subject: one that has no lines does not compile. */
const lines: ReplyLines = {
  ...welcomeReplies,
  ...accountReplies,
  ...peopleReplies,
  ...channelReplies,
  ...moderationReplies,
  ...talkReplies,
  ...overviewReplies,
  ...operatorReplies,
  ...connectionReplies,
  ...fileReplies,
}

/** What a person reads as the answer to a command; below a page of a list, how to see the next one. */
export function replyLines(reply: Reply, screen: Screen): string[] {
  const { paged } = reply as { paged?: Paged }
  const own: (reply: never, screen: Screen) => string[] = lines[reply.code]
  const shown = own(reply as never, screen)
  return paged ? [...shown, ...pageLines(paged)] : shown
}

function pageLines(paged: Paged): string[] {
  if (paged.total <= pageRows) return []
  const { page, total, next } = paged
  const which = `* Page ${page} of ${Math.ceil(total / pageRows)}`
  return [next === undefined ? `${which}, the last one.` : `${which}: ${next} shows the next one.`]
}
