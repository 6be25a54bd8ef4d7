import type { Reply, ReplyCode } from '../../chat/model/replies.ts'
import type { Screen } from './screen.ts'

/** What a person reads of each reply, by its code. */
export type ReplyLines = {
  readonly [C in ReplyCode]: (reply: Extract<Reply, { code: C }>, screen: Screen) => string[]
}
