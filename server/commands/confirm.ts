import { Failure, fail } from '../chat/model/failures.ts'
import type { Account, Channel } from '../chat/model/people.ts'
import type { Clock } from '../lib/clock.ts'
import { requireOperator } from './command.ts'
import type { Terminal } from './terminal.ts'

/** Whether an answer means yes, as a person or a program writes it, in any case. */
export function meansYes(answer: string): boolean {
  return ['y', 'yes'].includes(answer.trim().toLowerCase())
}

/** The same for a yes-or-no question: throws for any other answer, so that the question is asked again. */
export function yesOrNo(answer: string): boolean {
  if (meansYes(answer)) return true
  if (['n', 'no', ''].includes(answer.trim().toLowerCase())) return false
  throw fail({ code: 'bad-arguments', detail: 'Answer yes or no.' })
}

/**
 * Asks an operator to confirm an action on an account. Throws `cancelled` unless the answer is yes. It checks again after the
 * answer: throws `not-allowed` if the person is no longer an operator, and `no-such-user` if the account is gone.
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

/** For how long the same line confirms the warning to a program, in ms. */
const warnedMs = 60_000

/**
 * Runs an action that may end a channel and delete its messages. A person is asked first. A program gets the failure
 * `ends-channel`; the same line within a minute confirms it.
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

/** The question to a person whose action would end a channel. */
function endsText({ guests, members, name }: Channel): string {
  if (members.size > 0 && guests.size > 0)
    return `No other member is in ${name}: as soon as its guests go, all that was said there, and its files, are gone for good.`
  return `Nobody else is in ${name}: all that was said there, and its files, would be gone for good.`
}

/** At most this many of the channels are named that end with an account. */
const mostNamed = 20

/** A sentence on the channels that end with an account, for the person who deletes it; '' if there are none. Private ones are named to the owner only. */
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
