import type { AccountReply } from './replies/accounts.ts'
import type { ChannelReply } from './replies/channels.ts'
import type { ConnectionReply } from './replies/connection.ts'
import type { FileReply } from './replies/files.ts'
import type { ModerationReply } from './replies/moderation.ts'
import type { OperatorReply } from './replies/operators.ts'
import type { OverviewReply } from './replies/overview.ts'
import type { PeopleReply } from './replies/people.ts'
import type { TalkReply } from './replies/talk.ts'
import type { WelcomeReply } from './replies/welcome.ts'

/** What a command answers. Every dialect has to know every one: a missing case does not compile. */
export type Reply =
  | WelcomeReply
  | AccountReply
  | PeopleReply
  | ChannelReply
  | ModerationReply
  | TalkReply
  | FileReply
  | OperatorReply
  | ConnectionReply
  | OverviewReply

export type ReplyCode = Reply['code']
