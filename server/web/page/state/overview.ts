import type { Data, RequestRow, Status, UnreadRow } from '../wire/protocol.ts'
import { accountGone, isUnkept, newPlace } from './places.ts'
import {
  isChannel,
  type Key,
  keyOf,
  type Me,
  noUnread,
  type Place,
  type Presence,
  type State,
} from './state.ts'
import { unreadOf } from './unread.ts'

interface Somebody {
  readonly name: string
  readonly status: Status
  readonly note?: string
}

interface RoomRow extends UnreadRow {
  readonly channel: string
  readonly private: boolean
  readonly topic: string
  readonly members: number
  readonly role?: 'admin' | 'moderator'
  readonly quiet?: 'joins' | 'all'
  readonly default?: true
}

interface PersonRow extends UnreadRow {
  readonly with: string
  readonly status: Status
  readonly note?: string
  /** The account is deleted. */
  readonly gone?: true
}

/** The answer to `/overview`. */
interface Overview extends Somebody {
  readonly id?: number
  readonly operator?: boolean
  readonly email?: string
  readonly rooms: readonly RoomRow[]
  readonly people: readonly PersonRow[]
  readonly contacts: readonly Somebody[]
  readonly blocks: readonly string[]
  readonly requests: readonly RequestRow[]
  readonly chosen: readonly string[]
  readonly talk?: string
}

/**
 * Where one is and what is unread, all at once. What was loaded of the places stays, and has a gap at its end until it is
 * closed; a place that is not in the overview is one no more, but for the one that one is just looking at.
 */
export function withOverview(state: State, data: Data): State {
  const overview = data as unknown as Overview
  const { name, id, operator = false, email, status, note } = overview
  const me: Me = {
    name,
    operator,
    guest: id === undefined,
    status,
    ...(id === undefined ? {} : { id }),
    ...(email === undefined ? {} : { email }),
    ...(note === undefined ? {} : { note }),
  }
  const before = state.me && keyOf(state.me.name) === keyOf(name) ? state.places : new Map<Key, Place>()
  const places = new Map<Key, Place>()
  const presence = new Map(state.presence)
  const seen = ({ name, status, note }: Somebody) =>
    presence.set(keyOf(name), note === undefined ? { status } : ({ status, note } satisfies Presence))
  for (const row of overview.rooms) {
    const {
      gone: _,
      role: _role,
      quiet: _quiet,
      ...old
    } = before.get(keyOf(row.channel)) ?? newPlace(row.channel)
    places.set(old.key, {
      ...old,
      name: row.channel,
      topic: row.topic,
      isPrivate: row.private,
      isDefault: row.default === true,
      size: row.members,
      unread: unreadOf(row),
      ...(row.last === undefined ? {} : { last: row.last }),
      ...(row.role === undefined ? {} : { role: row.role }),
      ...(row.quiet === undefined ? {} : { quiet: row.quiet }),
    })
  }
  for (const row of overview.people) {
    const old = before.get(keyOf(row.with)) ?? newPlace(row.with)
    places.set(old.key, {
      ...old,
      name: row.with,
      ...(row.gone ? { gone: accountGone } : {}),
      unread: unreadOf(row),
      ...(row.last === undefined ? {} : { last: row.last }),
    })
    seen({ name: row.with, status: row.status, ...(row.note === undefined ? {} : { note: row.note }) })
  }
  for (const place of before.values())
    if (
      (!isChannel(place.name) || place.gone !== undefined) &&
      !places.has(place.key) &&
      (place.key === state.shown || isUnkept(state, place.name))
    )
      places.set(place.key, { ...place, unread: noUnread })
  for (const contact of overview.contacts) seen(contact)
  return {
    ...state,
    known: true,
    me,
    places,
    presence,
    contacts: new Set(overview.contacts.map((contact) => keyOf(contact.name))),
    blocks: new Set(overview.blocks.map(keyOf)),
    requests: overview.requests,
    talks: {
      askedBy: overview.chosen,
      ...(overview.talk === undefined ? {} : { paired: overview.talk }),
    },
  }
}
