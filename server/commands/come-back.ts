import { profileOf } from '../chat/accounts/profile.ts'
import { fail } from '../chat/model/failures.ts'
import type { Grant } from '../chat/model/grant.ts'
import { isQuiet } from '../chat/model/grants.ts'
import type { Account } from '../chat/model/people.ts'
import type { Reply } from '../chat/model/replies.ts'
import type { Context } from './command.ts'

/** How somebody is known who comes in. */
export interface Proof {
  readonly grant?: Grant | undefined
  /** They come for the first time. */
  readonly first?: boolean
  /**
   * Whether it is still good: the ways in may have changed meanwhile. It is asked when the connection is among those that such
   * a change ends.
   */
  isStillGood(): boolean | Promise<boolean>
}

/** A member who is known comes in by this connection, and gets what they missed. Throws `bad-login`. */
export async function comeBack(
  { channels, entrance, pairs, presence, terminal }: Context,
  account: Account,
  { first = false, grant, isStillGood }: Proof,
): Promise<Reply & { code: 'welcome' }> {
  const connected = account.listeners.size > 0
  const { seenAt } = account
  // What other connections have got since their last sign of life may have reached nobody.
  const seen = presence.shownTo(account, grant)
  const upTo = await terminal.become(account, grant)
  const enter = async () => {
    if (!(await isStillGood()) || account.deleted) throw fail({ code: 'bad-login' })
    return isQuiet(grant)
      ? entrance.welcomeQuietly(account, grant, { seen, upTo })
      : entrance.welcome(account, terminal, { seen, upTo, first }, !grant && terminal.manner.forPeople)
  }
  // It is done or not done: nobody is logged in behind an answer that says no.
  const inside = await enter().catch(async (error: unknown) => {
    await terminal.withdraw()
    throw error
  })
  // Somebody may go on typing what was for that one alone.
  const talkedWith = grant ? undefined : pairs.cameBack(account, terminal)
  if (talkedWith) terminal.mayResume(talkedWith.with, inside.target)
  else if (grant?.scope !== 'read') terminal.target = channels.find(inside.target ?? '', account)
  return {
    code: 'welcome',
    profile: profileOf(account, isQuiet(grant) ? undefined : account),
    lastSeen: connected || isQuiet(grant) ? undefined : seenAt,
    ...inside,
    grant,
    target: terminal.target?.name,
    talk: talkedWith && { ...talkedWith, back: inside.target },
    hold: terminal.hold || undefined,
  }
}
