import type { Paged } from '../../chat/model/paging.ts'
import type { Reply } from '../../chat/model/replies.ts'
import { isoTime as iso } from '../../lib/times.ts'
import { curlLine, curlPutLine, getLine, type Place, putLine } from '../paste.ts'
import {
  fileFields,
  incidentFields,
  isoIf,
  messageFields,
  requestFields,
  statsFields,
  tokenFields,
} from './fields.ts'
import { piecesOf, roomFields } from './messages.ts'

/** The `data` of a result; JSON leaves undefined fields out. A list also has its page, and how many rows there are. */
export function replyData(reply: Reply, place: Place): object {
  const { paged } = reply as { paged?: Paged }
  const data = fieldsOf(reply, place)
  if (!paged) return data
  const { page, total, next } = paged
  return {
    ...data,
    paged: undefined,
    there: undefined,
    mine: undefined,
    page,
    total,
    more: next !== undefined,
  }
}

function fieldsOf(reply: Reply, place: Place): object {
  switch (reply.code) {
    case 'said':
      return {
        id: reply.id,
        at: iso(reply.at),
        lines: reply.lines,
        waits: reply.waits,
        absent: reply.absent?.names,
        away: reply.away,
      }
    case 'welcome': {
      const {
        grant,
        profile,
        recoveryCode,
        lastSeen,
        rooms,
        waiting,
        news,
        target,
        talk,
        hold,
        unread,
        incidents,
      } = reply
      return {
        ...profile,
        since: iso(profile.since),
        recoveryCode,
        lastSeen: isoIf(lastSeen),
        rooms: rooms.map(roomFields),
        waiting: { ...waiting.count, messages: waiting.messages.flatMap(piecesOf) },
        news: {
          mentions: news.mentions,
          notices: news.notices.flatMap(piecesOf),
          moreNotices: news.moreNotices || undefined,
          requests: news.requests.map(requestFields),
          moreRequests: news.moreRequests || undefined,
          answers: news.answers.map(requestFields),
          logins: news.logins.map((login) => ({ ...login, at: iso(login.at) })),
        },
        unread,
        trouble: incidents && incidentFields(incidents),
        token: grant && { name: grant.token, scope: grant.scope, channels: grant.channels },
        target,
        talk,
        hold,
      }
    }
    case 'welcome-guest':
      return { name: reply.name, rooms: reply.rooms.map(roomFields), target: reply.target }
    case 'profile': {
      const { profile, status, note, contacts } = reply
      return { ...profile, since: iso(profile.since), status, note, contacts }
    }
    case 'mydata': {
      const { profile, channels, tokens, addresses, messages } = reply
      const dated = <T extends { since: number }>(row: T) => ({ ...row, since: iso(row.since) })
      return {
        ...dated(profile),
        channels: channels.map(dated),
        tokens: tokens.map(tokenFields),
        addresses: addresses.map(({ address, since, last }) => ({
          address,
          since: iso(since),
          last: iso(last).slice(0, 10),
        })),
        messages,
      }
    }
    case 'session-ticket':
      return { ticket: reply.ticket, expires: iso(reply.until) }
    case 'connections':
      return {
        connections: reply.connections.map(({ since, lastActive, ...row }) => ({
          ...row,
          since: iso(since),
          lastActive: iso(lastActive),
        })),
      }
    case 'tokens':
      return { tokens: reply.tokens.map(tokenFields) }
    case 'whois': {
      const { person, operator, since, lastSeen, channels } = reply
      return { ...person, operator, since: isoIf(since), lastSeen: isoIf(lastSeen), channels }
    }
    case 'joined':
      return { ...roomFields(reply.room), made: reply.made }
    case 'members':
      return { channel: reply.channel, members: reply.members }
    case 'name-changed':
      return { from: reply.from, name: reply.name }
    case 'privacy':
      return { channel: reply.channel, private: reply.private }
    case 'topic':
      return { channel: reply.channel, topic: reply.topic }
    case 'messages':
      return {
        messages: reply.messages.flatMap(piecesOf),
        more: reply.more,
        ...reply.next,
        changes: reply.changes?.flatMap((change): object[] =>
          change.type === 'edited'
            ? piecesOf(change.message).map((piece) => ({ type: 'edited', ...piece }))
            : [change],
        ),
        complete: reply.complete,
        unreadFrom: reply.unreadFrom,
      }
    case 'unread':
      return { unread: reply.unread }
    case 'read':
      return reply.place
    case 'overview': {
      const { name, id, operator, email, since, status, note, watch, lastId, target, talk, rooms } = reply
      const { people, contacts, blocks, requests, chosen } = reply
      return {
        ...{ name, id, operator, email, since: isoIf(since), status, note, watch, lastId, target, talk },
        ...{ rooms, people, contacts, blocks, requests: requests.map(requestFields), chosen },
      }
    }
    case 'rest':
      return { ...reply.data, ...(reply.rest === undefined ? {} : { more: true, rest: reply.rest }) }
    case 'typing-heard':
      return { on: reply.on }
    case 'typing':
      return reply.of.startsWith('#') ? { channel: reply.of } : { to: reply.of }
    case 'quiet':
      return { channel: reply.channel, quiet: reply.quiet ?? 'off' }
    case 'time':
      return { clock: reply.clock, zone: reply.zone, now: iso(reply.now) }
    case 'message-deleted': {
      const { id, at, from, channel, to } = reply.message
      return { id, at: iso(at), from, channel, to }
    }
    case 'message-edited':
      return { ...messageFields(reply.message), was: reply.was }
    case 'help':
      return { areas: reply.areas }
    case 'help-command': {
      const { command, aliases, text, who } = reply
      return { ...command, aliases, text, who }
    }
    case 'chat-waiting':
    case 'paired':
      return { with: reply.with, begun: reply.code === 'paired' }
    case 'requests':
      return { requests: reply.requests.map(requestFields) }
    case 'moderated': {
      const { action, channel, name, until, guests, why } = reply
      return { action, channel, name, until: isoIf(until), guests: guests ? true : undefined, why }
    }
    case 'mutes':
      return {
        channel: reply.channel,
        mutes: reply.mutes.map(({ name, until, why }) => ({ name, until: isoIf(until), why })),
      }
    case 'bans':
      return {
        channel: reply.channel,
        names: reply.bans.map(({ name }) => name),
        bans: reply.bans.map(({ name, until, why }) => ({ name, until: isoIf(until), why })),
      }
    case 'invite-code':
      return { invite: reply.invite, until: iso(reply.until) }
    case 'users':
      return {
        users: reply.users.map((user) => ({
          ...user,
          since: iso(user.since),
          lastSeen: isoIf(user.lastSeen),
        })),
      }
    case 'address-banned':
      return { cidr: reply.cidr, until: isoIf(reply.until) }
    case 'address-bans':
      return { bans: reply.bans.map(({ cidr, until }) => ({ cidr, until: isoIf(until) })) }
    case 'file-ticket': {
      const { expires, id, name, to, token } = reply
      return {
        id,
        name,
        to,
        token,
        command: putLine(token, name, place),
        curl: curlPutLine(token, name, place),
        expires: iso(expires),
      }
    }
    case 'file-token': {
      const { expires, file, token } = reply
      const command = getLine(token, file.name, place)
      return {
        ...fileFields(file),
        get: token,
        command,
        curl: curlLine(token, place),
        expires: iso(expires),
      }
    }
    case 'file-inline':
      return { ...fileFields(reply.file), base64: reply.base64 }
    case 'file-stored':
      return fileFields(reply.file)
    case 'files':
      return {
        files: reply.files.map(fileFields),
        uploads: reply.uploads.map((upload) => ({ ...upload, expires: iso(upload.expires) })),
      }
    case 'stats':
      return statsFields(reply.stats)
    case 'logins':
      return {
        logins: reply.logins.map(({ until, ...login }) => ({
          ...login,
          until: until > reply.now ? iso(until) : undefined,
        })),
      }
    case 'login-cleared':
      return { cleared: reply.of }
    case 'reloaded':
      return { changed: reply.changed, kept: reply.kept }
    case 'file-deleted':
    case 'invited':
    case 'rejected':
    case 'chat-list':
    case 'unpaired':
    case 'contact':
    case 'contacts':
    case 'block':
    case 'blocks':
    case 'registered':
    case 'user-deleted':
    case 'password-set':
    case 'operator':
    case 'killed':
    case 'address-unbanned':
    case 'menu':
    case 'menu-left':
    case 'menu-again':
    case 'renamed':
    case 'logged-out':
    case 'recovered':
    case 'email':
    case 'account-deleted':
    case 'token-made':
    case 'connections-ended':
    case 'token-removed':
    case 'away':
    case 'who':
    case 'channels':
    case 'created':
    case 'left':
    case 'target':
    case 'format':
    case 'charset':
    case 'color':
    case 'hold':
    case 'editor':
    case 'bell':
    case 'quiet-list':
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
