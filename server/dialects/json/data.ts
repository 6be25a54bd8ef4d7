import type { Message } from '../../chat/events.ts'
import type { Reply, Room } from '../../chat/replies.ts'

/** Times are ISO 8601 in UTC, with milliseconds. */
function iso(at: number): string {
  return new Date(at).toISOString()
}

function isoIf(at: number | undefined): string | undefined {
  return at === undefined ? undefined : iso(at)
}

export function messageFields({ id, at, from, kind, text, channel, to }: Message): object {
  return { id, at: iso(at), from, kind, text, channel, to }
}

function roomFields({ channel, topic, members, unread, messages }: Room): object {
  return { channel, topic, members, unread, messages: messages.map(messageFields) }
}

/** `data` of a result. What is undefined is left out by JSON. */
export function replyData(reply: Reply): object {
  switch (reply.code) {
    case 'said':
      return { id: reply.id, at: iso(reply.at), waits: reply.waits, away: reply.away }
    case 'welcome': {
      const { profile, recoveryCode, lastSeen, rooms, waiting, target } = reply
      return {
        ...profile,
        since: iso(profile.since),
        recoveryCode,
        lastSeen: isoIf(lastSeen),
        rooms: rooms.map(roomFields),
        waiting: { ...waiting.count, messages: waiting.messages.map(messageFields) },
        target,
      }
    }
    case 'welcome-guest':
      return { name: reply.name, rooms: reply.rooms.map(roomFields), target: reply.target }
    case 'profile': {
      const { profile, status, note } = reply
      return { ...profile, since: iso(profile.since), status, note }
    }
    case 'mydata': {
      const { profile, channels, tokens, messages } = reply
      const dated = <T extends { since: number }>(row: T) => ({ ...row, since: iso(row.since) })
      return { ...dated(profile), channels: channels.map(dated), tokens: tokens.map(dated), messages }
    }
    case 'tokens':
      return { tokens: reply.tokens.map(({ name, since }) => ({ name, since: iso(since) })) }
    case 'whois': {
      const { person, operator, since, lastSeen, channels } = reply
      return { ...person, operator, since: isoIf(since), lastSeen: isoIf(lastSeen), channels }
    }
    case 'joined':
      return { ...roomFields(reply.room), made: reply.made }
    case 'topic':
      return { channel: reply.channel, topic: reply.topic }
    case 'messages':
      return { messages: reply.messages.map(messageFields), more: reply.more, unreadFrom: reply.unreadFrom }
    case 'time':
      return { clock: reply.clock, zone: reply.zone, now: iso(reply.now) }
    case 'help':
      return { areas: reply.areas }
    case 'help-command': {
      const { command, aliases, text, who } = reply
      return { ...command, aliases, text, who }
    }
    case 'renamed':
    case 'logged-out':
    case 'recovered':
    case 'email':
    case 'account-deleted':
    case 'token-made':
    case 'token-removed':
    case 'away':
    case 'who':
    case 'channels':
    case 'created':
    case 'left':
    case 'members':
    case 'target':
    case 'format':
    case 'color':
    case 'hold':
    case 'pong':
    case 'password-changed':
    case 'back':
    case 'nothing-to-cancel':
    case 'goodbye': {
      const { code: _, ...data } = reply
      return data
    }
    default:
      return reply satisfies never
  }
}
