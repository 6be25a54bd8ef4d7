import { Failure, fail } from '../chat/model/failures.ts'
import type { Account, Channel } from '../chat/model/people.ts'
import type { Clock } from '../lib/clock.ts'
import { requireOperator, type Terminal } from './command.ts'

/** Whether an answer means yes: as a person or a program writes it, in whatever case. */
export function meansYes(answer: string): boolean {
  return ['y', 'yes'].includes(answer.trim().toLowerCase())
}

/** The same for a question of yes or no: whatever is neither is asked for again. */
export function yesOrNo(answer: string): boolean {
  if (meansYes(answer)) return true
  if (['n', 'no', ''].includes(answer.trim().toLowerCase())) return false
  throw fail({ code: 'bad-arguments', detail: 'Please answer yes or no.' })
}

/**
 * Asks an operator whether this is to be done to an account. Throws `cancelled` unless the answer is yes, and looks again
 * behind the question at what may have changed while it stood there: `not-allowed` if who answers is an operator no more,
 * `no-such-user` if the account is gone.
 */
export async function confirmAbout(
  account: Account,
  { question, operator, terminal }: { question: string; operator: Account; terminal: Terminal },
): Promise<void> {
  const yes = await terminal.ask(`${question} yes or no: `, { mayBeEmpty: true, check: yesOrNo })
  if (!yes) throw fail({ code: 'cancelled' })
  requireOperator(operator)
  if (account.deleted) throw fail({ code: 'no-such-user', name: account.name })
}

/** So long a program that was warned may say the same line again, and it is done. */
const warnedMs = 60_000

/**
 * Does what may be the end of a channel and of all that was said there. A person is asked first; a program is told
 * `ends-channel`, and that is done when it says the same again within a minute.
 */
export async function unlessItEnds<T>(
  terminal: Terminal,
  clock: Clock,
  channel: Channel,
  question: string,
  act: (sure: boolean) => Promise<T>,
): Promise<T> {
  const of = `${question} ${channel.id}`
  const { warned } = terminal
  terminal.warned = undefined
  const isMeant = warned?.of === of && warned.until > clock.ticks()
  try {
    return await act(isMeant)
  } catch (error) {
    if (!(error instanceof Failure) || error.problem.code !== 'ends-channel') throw error
    if (!terminal.manner.typed || terminal.grant) {
      terminal.warned = { of, until: clock.ticks() + warnedMs }
      throw error
    }
    const text = `${endsText(channel)} ${question} yes or no: `
    if (!(await terminal.ask(text, { check: yesOrNo }))) throw fail({ code: 'cancelled' })
    return act(true)
  }
}

/** What a person reads who would be the end of a channel. */
function endsText({ guests, members, name }: Channel): string {
  if (members.size > 0 && guests.size > 0)
    return `No other member is in ${name}: as soon as its guests go, all that was said there, and its files, are gone for good.`
  return `Nobody else is in ${name}: all that was said there, and its files, would be gone for good.`
}

/** So many channels are named of those that end with an account. */
const mostNamed = 20

/** The channels that end with an account, for whoever deletes it; '' if there are none. Others are not told of private ones. */
export function endingText(channels: readonly Channel[], owner: boolean): string {
  if (channels.length === 0) return ''
  const shown = channels.filter((one) => owner || !one.private).slice(0, mostNamed)
  const others = channels.length - shown.length
  const names = [
    ...shown.map(({ name }) => name),
    ...(others > 0
      ? [`${others} ${owner ? 'more' : others === 1 ? 'other channel' : 'other channels'}`]
      : []),
  ]
  return `All that was said there, and the files, would be gone for good with ${names.join(', ')}: nobody else is in ${channels.length === 1 ? 'it' : 'them'}.`
}
