import type { Data, Message, RoomFields, Status, UnreadRow } from '../wire/protocol.ts'
import { renamed, talking, withPresence } from './events.ts'
import { withEdited, withNote, without } from './log.ts'
import {
  inLog,
  inPlace,
  isMe,
  placeOf,
  renamedPlace,
  roleGiven,
  withoutPerson,
  withoutPlace,
  withPerson,
  withPlace,
} from './places.ts'
import { keyOf, type State } from './state.ts'
import { unreadOf } from './unread.ts'

/** What the answers to one's own commands have, as docs/commands.md says it by command. */
interface Fields {
  readonly channel: string
  readonly name: string
  readonly from: string
  readonly with: string
  readonly on: boolean
  readonly request: number
}

/** The one whose command it was hears no event of it: what has changed is in the answer. */
export function applyAnswer(state: State, command: string, data: Data, at: string): State {
  const fields = data as unknown as Fields
  const { channel, name } = fields
  const note = (text: string) => inLog(state, channel, (log) => withNote(log, { at, text, kind: 'info' }))
  switch (command) {
    case 'join':
    case 'accept':
      return joined(state, data as unknown as RoomFields)
    case 'create': {
      const made = withPlace(state, channel, ({ gone: _, ...place }) => ({
        ...place,
        isPrivate: data['private'] === true,
        role: 'admin',
        size: Math.max(1, place.size),
        log: { ...place.log, before: 'start', atEnd: true },
      }))
      return made
    }
    case 'leave':
      return withoutPlace(state, channel)
    case 'reject':
      return { ...state, requests: state.requests.filter(({ request }) => request !== fields.request) }
    case 'topic': {
      const topic = String(data['topic'])
      if (topic === state.places.get(keyOf(channel))?.topic) return state
      const text = topic === '' ? 'You removed the topic' : `You set the topic: ${topic}`
      return inPlace(note(text), channel, (place) => ({ ...place, topic }))
    }
    case 'private': {
      const isPrivate = data['private'] === true
      return inPlace(note(`You made the channel ${isPrivate ? 'private' : 'public'}`), channel, (place) => ({
        ...place,
        isPrivate,
      }))
    }
    case 'rename':
      return fields.from.startsWith('#')
        ? renamedPlace(state, fields.from, name)
        : renamed(state, fields.from, name)
    case 'nick':
      return state.me?.guest && name !== undefined ? renamed(state, state.me.name, name) : state
    case 'promote':
      return roleGiven(note(`You made ${name} a moderator`), channel, name, 'moderator')
    case 'demote':
      return roleGiven(note(`You made ${name} a plain member again`), channel, name, undefined)
    case 'transfer': {
      const given = note(`You made ${name} the admin`)
      const mine = state.me ? roleGiven(given, channel, state.me.name, undefined) : given
      return roleGiven(mine, channel, name, 'admin')
    }
    case 'remove':
    case 'ban': {
      if (name === undefined) return state
      const text = command === 'ban' ? `You banned ${name}` : `You removed ${name}`
      return inPlace(note(text), channel, (place) => withoutPerson(place, name))
    }
    case 'mute':
      return name === undefined ? state : note(`You muted ${name}`)
    case 'unmute':
      return note(`You let ${name} speak again`)
    case 'unban':
      return note(`You let ${name} come back`)
    case 'invite':
      return note(`You asked ${(data['invited'] as string[]).join(', ')} to come in`)
    case 'chat': {
      if (fields.with === undefined) return state
      if (data['begun'] === true)
        return talking(state, fields.with, `You are in a private talk with ${fields.with}`, at)
      const asked = { ...state.talks, asked: fields.with }
      return withPlace({ ...state, talks: asked }, fields.with, (place) => place)
    }
    case 'end': {
      const { paired, asked: _, ...talks } = state.talks
      const over = { ...state, talks }
      if (paired === undefined) return over
      return inLog(over, paired, (log) =>
        withNote(log, { at, text: `You ended the private talk with ${paired}`, kind: 'info' }),
      )
    }
    case 'away':
      return mine(state, { status: 'away', note: String(data['note'] ?? '') })
    case 'back':
      return mine(state, { status: 'online' })
    case 'email': {
      if (!state.me) return state
      const { email: _, ...me } = state.me
      return { ...state, me: typeof data['email'] === 'string' ? { ...me, email: data['email'] } : me }
    }
    case 'contact': {
      const contacts = new Set(state.contacts)
      if (fields.on) contacts.add(keyOf(name))
      else contacts.delete(keyOf(name))
      return { ...state, contacts }
    }
    case 'block':
    case 'unblock': {
      const blocks = new Set(state.blocks)
      if (fields.on) blocks.add(keyOf(name))
      else blocks.delete(keyOf(name))
      return { ...state, blocks }
    }
    case 'quiet': {
      const quiet = data['quiet']
      if (channel === undefined) return state
      return inPlace(state, channel, ({ quiet: _, ...place }) =>
        quiet === 'joins' || quiet === 'all' ? { ...place, quiet } : place,
      )
    }
    case 'delete': {
      const gone = data as unknown as Message
      const place = placeOf(state, gone)
      return place === undefined
        ? state
        : inLog(state, place, (log) => without(log, ({ id }) => id === gone.id))
    }
    case 'edit': {
      const { was: _, ...message } = data as unknown as Message & { readonly was: string }
      const place = placeOf(state, message)
      return place === undefined ? state : inLog(state, place, (log) => withEdited(log, message))
    }
    case 'read':
    case 'unread': {
      const row = data as unknown as UnreadRow
      const place = row.channel ?? row.with
      if (place === undefined || row.read === undefined) return state
      return inPlace(state, place, (there) => ({ ...there, unread: unreadOf(row) }))
    }
    default:
      return state
  }
}

function mine(state: State, { status, note }: { status: Status; note?: string }): State {
  if (!state.me) return state
  const { note: _, ...me } = state.me
  const now = note === undefined || note === '' ? { status } : { status, note }
  return withPresence({ ...state, me: { ...me, ...now } }, me.name, now)
}

function joined(state: State, room: RoomFields): State {
  const requests = state.requests.filter(
    ({ channel, user }) => channel !== room.channel || !isMe(state, user),
  )
  return withPlace({ ...state, requests }, room.channel, ({ gone: _, ...place }) => {
    const there = { ...place, name: room.channel, topic: room.topic, size: room.members }
    return state.me && there.people ? withPerson(there, { name: state.me.name }) : there
  })
}
