import * as z from 'zod'
import { fail } from '../../chat/model/failures.ts'
import { foldName } from '../../chat/model/names.ts'
import type { MessageRecord } from '../../chat/ports/records.ts'
import type { Store } from '../../chat/ports/store.ts'
import type { Services } from '../../commands/services.ts'
import { isBlank } from '../../lib/clean.ts'
import { isoTime } from '../../lib/times.ts'
import { type Action, action, requireAccount } from './action.ts'
import { readSince } from './since.ts'

const limitText = 'a number from 1 to 100000.'
const idText = 'the number of a message, as "partyline messagelist" shows it.'

/** Messages: listing, deleting and pruning them, and notices. */
export const messageActions: Readonly<Record<string, Action>> = {
  messagelist: action(
    z.object({
      channel: z.string().optional(),
      from: z.string().optional(),
      since: z.string().optional(),
      limit: z.int(limitText).min(1, limitText).max(100_000, limitText).default(100),
    }),
    async ({ services, store, zone }, { channel: channelName, from, since, limit }) => {
      const known = await store.channelNames()
      const inChannels = channelName === undefined ? undefined : requireChannels(known, channelName)
      const names = namesOf(known)
      const records = await store.messageList({
        limit,
        since: since === undefined ? undefined : requireTime(since, zone, services.clock.now()),
        channels: inChannels,
        from: from === undefined ? undefined : requireAccount(services, from).id,
      })
      return {
        zone,
        messages: records.map((record) => messageRow(record, services, names)),
      }
    },
  ),

  /** Shows the message, or refuses an unknown number, before the operator confirms. */
  deletemessage: action(
    z.object({ id: z.int(idText).min(1, idText), confirmed: z.boolean().default(false) }),
    async ({ services, store, zone }, { confirmed, id }) => {
      const record = await store.message(id)
      if (!record) throw fail({ code: 'no-such-message', id })
      if (confirmed) {
        await services.corrections.deleteAsOperator(id)
        await services.fileRemoval.settled()
      }
      return { zone, message: messageRow(record, services, namesOf(await store.channelNames())) }
    },
  ),

  /** Removes messages that are older than the configuration, or this request, allows. */
  prune: action(
    z.object({
      before: z.string().optional(),
      channel: z.string().optional(),
      dryRun: z.boolean().default(false),
      clockIsRight: z.boolean().default(false),
    }),
    async (
      { services: { clock, clockTrust, forgetting }, store, zone },
      { before, channel, clockIsRight, dryRun },
    ) => {
      if (clockIsRight && !dryRun) await clockTrust.accept()
      else if (!dryRun && clockTrust.jumped)
        throw fail({
          code: 'bad-arguments',
          detail: `It is ${isoTime(clock.now())} by the clock, which has jumped ahead. If it is right, prune again with --clock-is-right; files that are past their time go then, too.`,
        })
      if (before === undefined) {
        if (channel !== undefined)
          throw fail({ code: 'bad-arguments', detail: 'For a channel say how old: --before or --days.' })
        if (!forgetting.hasRules && clockIsRight) return { messages: 0, scrubbed: true, dryRun }
        if (!forgetting.hasRules)
          throw fail({
            code: 'bad-arguments',
            detail: 'history.keepDays keeps everything for ever; say how old with --before or --days.',
          })
        return { ...(await forgetting.tidy(dryRun)), dryRun }
      }
      const name = channel === undefined ? undefined : `#${channel.replace(/^#/, '')}`
      const known = await store.channelNames()
      if (name !== undefined && !known.some((one) => foldName(one.name) === foldName(name)))
        throw fail({ code: 'no-such-channel', channel: name, mayCreate: false })
      const time = requireTime(before, zone, clock.now())
      const total = await store.countMessages()
      return {
        ...(await forgetting.prune(time, name, dryRun)),
        dryRun,
        ...(dryRun ? { ahead: time > clock.now(), total } : {}),
      }
    },
  ),

  notice: action(
    z.object({ text: z.string() }),
    async ({ services: { directory, talk }, lineBytes }, { text }) => {
      if (isBlank(text)) throw fail({ code: 'bad-arguments', detail: 'The notice has no text.' })
      if (Buffer.byteLength(text) > lineBytes) throw fail({ code: 'line-too-long', limit: lineBytes })
      const [operator] = [...directory.operators()].sort((a, b) => a.id - b.id)
      if (!operator)
        throw fail({
          code: 'bad-arguments',
          detail: 'A notice comes from an operator, and there is none: createsuperuser makes one.',
        })
      const { id, at } = await talk.announce(operator, text)
      return { id, at: isoTime(at), from: operator.name }
    },
  ),
}

function requireTime(text: string, zone: string, now: number): number {
  const at = readSince(text, zone, now)
  if (at !== undefined) return at
  throw fail({
    code: 'bad-arguments',
    detail: `"${text}" is no time. Use one like 2026-11-20, "2026-11-20 18:00", 2026-11-20T18:00Z, 2h or 7d.`,
  })
}

/** Finds the channels of a name, also closed ones, so there may be several. The # may be missing. */
function requireChannels(known: readonly KnownChannel[], channel: string): number[] {
  const name = `#${channel.replace(/^#/, '')}`
  const found = known.filter((one) => foldName(one.name) === foldName(name)).map(({ id }) => id)
  if (found.length === 0) throw fail({ code: 'no-such-channel', channel: name, mayCreate: false })
  return found
}

/** An open or closed channel. */
type KnownChannel = Awaited<ReturnType<Store['channelNames']>>[number]

function namesOf(known: readonly KnownChannel[]): ReadonlyMap<number, string> {
  return new Map(known.map(({ id, name }) => [id, name]))
}

function messageRow(
  record: MessageRecord,
  { channels, directory }: Services,
  names: ReadonlyMap<number, string>,
): object {
  const { at, channel, from, fromGuest, id, kind, text, to, toGuest } = record
  return {
    id,
    at: isoTime(at),
    from: from === undefined ? fromGuest : directory.nameOf(from),
    kind,
    text,
    channel: channel === undefined ? undefined : (names.get(channel) ?? 'closed channel'),
    ...(channel !== undefined && !channels.byId(channel) ? { closed: true } : {}),
    to: to === undefined ? toGuest : directory.nameOf(to),
  }
}
