import type { FileFields, Frame, Message, RequestRow, UnreadRow } from '../wire/protocol.ts'
import { shortened, withEdited, withMessage, withNote, without } from './log.ts'
import {
  accountGone,
  inLog,
  inPlace,
  isMe,
  newPlace,
  placeOf,
  renamedPlace,
  roleGiven,
  withoutPerson,
  withoutPlace,
  withPerson,
  withPlace,
} from './places.ts'
import { isChannel, keyOf, type Place, type Presence, type State, type Toast } from './state.ts'
import { readElsewhere, unreadOf, withMention, withUnread } from './unread.ts'

/** The fields that an event of the server may have, as far as the page looks at them; docs/protocol.md has them by type. */
interface Fields {
  readonly channel: string
  readonly user: string
  readonly by?: string
  readonly name: string
  readonly reason?: string
  readonly you?: true
  readonly with: string
  readonly request: number
  readonly id: number
  readonly at: string
  readonly until?: string
  readonly note?: string
}

const kept = 20

/** What an event changes. `at` is when it came, ISO 8601: most events do not say it themselves. */
export function applyEvent(state: State, frame: Frame, at: string): State {
  const event = frame as unknown as Fields
  const { channel, user, by } = event
  const note = (text: string, kind: 'info' | 'came' | 'went' = 'info', who?: string) =>
    inLog(state, channel, (log) => withNote(log, { at, text, kind, ...(who === undefined ? {} : { who }) }))
  switch (frame.type) {
    case 'message':
      return heard(state, frame as unknown as Message)
    case 'file':
      return heard(state, messageOfFile(frame))
    case 'edited': {
      const { type: _, ...message } = frame
      const place = placeOf(state, message as unknown as Message)
      if (place === undefined) return state
      return inLog(state, place, (log) => withEdited(log, message as unknown as Message))
    }
    case 'deleted': {
      const place = placeOf(state, frame as unknown as Message)
      if (place === undefined) return state
      return inLog(state, place, (log) => without(log, ({ id }) => id === event.id))
    }
    case 'joined': {
      if (event.you) return withPlace(state, channel, ({ gone: _, ...place }) => place)
      const presence = new Map(state.presence)
      if (!presence.has(keyOf(user))) presence.set(keyOf(user), { status: 'online' })
      return inPlace({ ...note(`${user} joined`, 'came', user), presence }, channel, (place) =>
        withPerson(place, { name: user }),
      )
    }
    case 'left': {
      if (event.you) return withoutPlace(state, channel)
      const why = event.reason === undefined ? '' : ` (${event.reason})`
      const left = inPlace(note(`${user} left${why}`, 'went', user), channel, (place) =>
        withoutPerson(place, user),
      )
      return event.reason === 'account deleted'
        ? inPlace(left, user, (place) => ({ ...place, gone: accountGone }))
        : left
    }
    case 'removed': {
      const how = frame['banned'] === true ? 'banned' : 'removed'
      const why = event.reason === undefined ? '' : `: ${event.reason}`
      const until = event.until === undefined ? '' : ` until ${shortly(event.until)}`
      if (event.you)
        return inPlace(state, channel, (place) => ({
          ...withoutPerson(place, state.me?.name ?? ''),
          gone: `${by} has ${how} you from ${channel}${until}${why}`,
          unread: { ...place.unread, count: 0, mentions: 0, more: false },
        }))
      return inPlace(note(`${by} has ${how} ${user}${until}${why}`), channel, (place) =>
        withoutPerson(place, user),
      )
    }
    case 'mention':
      return inPlace(state, channel, (place) => withMention(place, event.id))
    case 'presence':
      return withPresence(state, user, {
        status: frame['status'] as Presence['status'],
        ...(event.note === undefined ? {} : { note: event.note }),
      })
    case 'renamed':
      return renamed(state, user, event.name)
    case 'channel': {
      if (typeof frame['name'] === 'string') {
        const text = `${by} renamed ${channel} to ${event.name}`
        return inLog(renamedPlace(state, channel, event.name), event.name, (log) =>
          withNote(log, { at, text, kind: 'info' }),
        )
      }
      const isPrivate = frame['private'] === true
      return inPlace(
        note(`${by} made the channel ${isPrivate ? 'private' : 'public'}`),
        channel,
        (place) => ({
          ...place,
          isPrivate,
        }),
      )
    }
    case 'topic': {
      const topic = String(frame['topic'])
      const text = topic === '' ? `${by} removed the topic` : `${by} set the topic: ${topic}`
      return inPlace(note(text), channel, (place) => ({ ...place, topic }))
    }
    case 'admin': {
      const former = [...(state.places.get(keyOf(channel))?.people?.values() ?? [])].filter(
        ({ role }) => role === 'admin',
      )
      let next = note(`${user} is the admin now${by === undefined ? '' : ` (${by} said so)`}`)
      for (const { name } of former) next = roleGiven(next, channel, name, undefined)
      return roleGiven(next, channel, user, 'admin')
    }
    case 'role': {
      const role = frame['role'] === 'moderator' ? 'moderator' : undefined
      const text = role === undefined ? `is no moderator any more` : 'is a moderator now'
      return roleGiven(note(`${user} ${text} (${by} said so)`), channel, user, role)
    }
    case 'operator':
      return state.me ? { ...state, me: { ...state.me, operator: frame['on'] === true } } : state
    case 'muted': {
      const who = event.you ? 'you' : user === 'guests' ? 'all guests' : user
      const until = event.until === undefined ? '' : ` until ${shortly(event.until)}`
      return note(`${by} muted ${who}${until}${event.reason === undefined ? '' : `: ${event.reason}`}`)
    }
    case 'unmuted': {
      const who = event.you ? 'You' : user === 'guests' ? 'All guests' : user
      return note(`${who} may speak again${by === undefined ? '' : ` (${by} said so)`}`)
    }
    case 'invited': {
      const row = { request: event.request, channel, by: by ?? '', user: state.me?.name ?? '', at }
      const others = state.requests.filter(({ request }) => request !== event.request)
      return { ...state, requests: [...others, row satisfies RequestRow] }
    }
    case 'withdrawn':
      return { ...state, requests: state.requests.filter(({ request }) => request !== event.request) }
    case 'answered': {
      const answer = frame['answer'] === 'accepted' ? 'accepted' : 'declined'
      return withToast(
        { ...state, requests: state.requests.filter((row) => row.channel !== channel || row.user !== user) },
        `${user} ${answer} the invitation into ${channel}`,
      )
    }
    case 'chosen': {
      const askedBy = state.talks.askedBy.filter((name) => name !== by)
      return withPlace(
        { ...state, talks: { ...state.talks, askedBy: [...askedBy, by ?? ''] } },
        by ?? '',
        (place) => place,
      )
    }
    case 'unchosen':
      return {
        ...state,
        talks: { ...state.talks, askedBy: state.talks.askedBy.filter((name) => name !== by) },
      }
    case 'paired':
      return talking(state, event.with, `You are in a private talk with ${event.with}`, at)
    case 'unpaired': {
      const { paired: _, ...talks } = state.talks
      const why = event.reason === undefined ? '' : `: ${event.reason}`
      return inLog({ ...state, talks }, event.with, (log) =>
        withNote(log, { at, text: `The private talk with ${event.with} is over${why}`, kind: 'info' }),
      )
    }
    case 'read': {
      const { after, read } = frame as unknown as { after?: number; read: number }
      if (after !== undefined) return readElsewhere(state, after, read)
      const row = frame as unknown as UnreadRow
      const place = row.channel ?? row.with
      if (place === undefined) return state
      return withPlace(state, place, (there) => ({ ...there, unread: unreadOf(row) }))
    }
    case 'login':
      return withToast(state, `Your account logged in from a new address: ${String(frame['address'])}`)
    case 'clock':
      return withToast(
        state,
        frame['jumped'] === true
          ? 'The clock of the server is far ahead of where it should be.'
          : 'The clock of the server is right again.',
      )
    case 'disk':
      return withToast(
        state,
        frame['low'] === true
          ? 'The disk of the server is full: nothing new is stored.'
          : 'The disk of the server has room again.',
      )
    case 'note':
      return withToast(state, String(frame['text']))
    case 'error':
      return withToast(state, (frame['error'] as { message: string }).message, 'failure')
    case 'closing':
      return { ...state, closing: String(frame['reason']) }
    default:
      return state
  }
}

/** Both have chosen each other. */
export function talking(state: State, name: string, text: string, at: string): State {
  const askedBy = state.talks.askedBy.filter((other) => keyOf(other) !== keyOf(name))
  return withPlace({ ...state, talks: { askedBy, paired: name } }, name, (place) => ({
    ...place,
    log: withNote(place.log, { at, text, kind: 'info' }),
  }))
}

/** Something was said, by whomever; also what one has said oneself. */
export function heard(state: State, message: Message): State {
  const name = placeOf(state, message)
  if (name === undefined)
    return isMe(state, message.from)
      ? { ...state, notices: [...state.notices, message].slice(-kept) }
      : withToast(
          {
            ...state,
            notices: [...state.notices, message].slice(-kept),
            unseenNotices: state.unseenNotices + 1,
          },
          `${message.from} tells everybody: ${message.text}`,
          'notice',
        )
  const mine = isMe(state, message.from)
  const quieted = withoutTyping(state, name, message.from)
  return withPlace(quieted, name, (old) => {
    // Somebody has the name now of a person who is gone: this is another talk.
    const place = old.gone !== undefined && !isChannel(name) ? newPlace(name) : old
    const known = place.log.messages.at(-1)?.id ?? 0
    const longer = withMessage(place.log, message)
    // Of what is shown the view knows whether somebody reads above.
    const log = quieted.shown === keyOf(name) ? longer : shortened(longer)
    const there: Place = { ...place, log, last: Math.max(place.last ?? 0, message.id) }
    return mine || (place.log.atEnd && message.id <= known) ? there : withUnread(there, message.id)
  })
}

/** The line of the log for a file that has just arrived: in history it is one as well. */
function messageOfFile(frame: Frame): Message {
  const { message, id, name, size, sha256, from, channel, to, get, at, expires, text } =
    frame as unknown as FileFields & {
      readonly message: number
      readonly from: string
      readonly channel?: string
      readonly to?: string
      readonly at: string
      readonly text?: string
    }
  const file = { id, name, size, sha256, get, ...(expires === undefined ? {} : { expires }) }
  const where = channel === undefined ? { to: to ?? '' } : { channel }
  return { id: message, at, from, kind: 'action', text: text ?? `sent "${name}"`, ...where, file }
}

export function withPresence(state: State, user: string, presence: Presence): State {
  const next = { ...state, presence: new Map(state.presence).set(keyOf(user), presence) }
  return state.me && isMe(state, user) ? { ...next, me: { ...state.me, ...presence } } : next
}

export function renamed(state: State, from: string, to: string): State {
  const presence = new Map(state.presence)
  const old = presence.get(keyOf(from))
  presence.delete(keyOf(from))
  if (old) presence.set(keyOf(to), old)
  let next: State = { ...state, presence }
  for (const place of state.places.values()) {
    const person = place.people?.get(keyOf(from))
    if (person)
      next = inPlace(next, place.name, (there) =>
        withPerson(withoutPerson(there, from), { ...person, name: to }),
      )
  }
  if (state.contacts.has(keyOf(from))) {
    const contacts = new Set(state.contacts)
    contacts.delete(keyOf(from))
    next = { ...next, contacts: contacts.add(keyOf(to)) }
  }
  if (state.me && isMe(state, from)) return { ...next, me: { ...state.me, name: to } }
  return renamedPlace(next, from, to)
}

export function withToast(state: State, text: string, kind: Toast['kind'] = 'info'): State {
  const number = Math.max(0, ...state.toasts.map((toast) => toast.number)) + 1
  // A notice stays until it was read: what comes and goes by itself makes room.
  const notices = state.toasts.filter((toast) => toast.kind === 'notice')
  const others = state.toasts.filter((toast) => toast.kind !== 'notice').slice(-3)
  return { ...state, toasts: [...notices.slice(-3), ...others, { number, text, kind }] }
}

export function withTyping(state: State, place: string, user: string, until: number): State {
  const key = keyOf(place)
  const there = new Map(state.typing.get(key))
  there.set(user, until)
  return { ...state, typing: new Map(state.typing).set(key, there) }
}

export function withoutTyping(state: State, place: string, user: string): State {
  const key = keyOf(place)
  if (!state.typing.get(key)?.has(user)) return state
  const there = new Map(state.typing.get(key))
  there.delete(user)
  return { ...state, typing: new Map(state.typing).set(key, there) }
}

/** Takes away those who stopped typing without a word: `now` in ms. */
export function typingOver(state: State, now: number): State {
  let next = state
  for (const [place, people] of state.typing)
    for (const [user, until] of people) if (until <= now) next = withoutTyping(next, place, user)
  return next
}

function shortly(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ')
}
