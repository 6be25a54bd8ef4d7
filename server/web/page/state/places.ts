import type { Member } from '../wire/protocol.ts'
import { emptyLog, type Log } from './log.ts'
import { isChannel, type Key, keyOf, noUnread, type PersonThere, type Place, type State } from './state.ts'

/** What stands above a talk with a deleted account. */
export const accountGone = 'This account is deleted: you can read what you said to each other'

export function newPlace(name: string): Place {
  return { key: keyOf(name), name, topic: '', size: 0, log: emptyLog, unread: noUnread }
}

/** Changes a place; one that is not there yet is made of its name first. */
export function withPlace(state: State, name: string, change: (place: Place) => Place): State {
  const key = keyOf(name)
  const old = state.places.get(key)
  const changed = change(old ?? newPlace(name))
  if (changed === old) return state
  return { ...state, places: new Map(state.places).set(key, changed) }
}

/** Changes a place that is there. */
export function inPlace(state: State, name: string, change: (place: Place) => Place): State {
  return state.places.has(keyOf(name)) ? withPlace(state, name, change) : state
}

export function inLog(state: State, name: string, change: (log: Log) => Log): State {
  return inPlace(state, name, (place) => {
    const log = change(place.log)
    return log === place.log ? place : { ...place, log }
  })
}

export function withoutPlace(state: State, name: string): State {
  const key = keyOf(name)
  if (!state.places.has(key)) return state
  const places = new Map(state.places)
  places.delete(key)
  return { ...state, places }
}

/** Gives a place another name, and takes along what is known of it. */
export function renamedPlace(state: State, from: string, to: string): State {
  const old = state.places.get(keyOf(from))
  if (!old) return state
  const places = new Map(
    [...state.places].map(([key, place]) =>
      key === old.key ? [keyOf(to), { ...place, key: keyOf(to), name: to }] : [key, place],
    ),
  )
  const moved = <T extends { readonly place: Key }>(one: T): T =>
    one.place === old.key ? { ...one, place: keyOf(to) } : one
  const pending = state.pending.map(moved)
  const uploads = state.uploads.map(moved)
  const renames = new Map(state.renames).set(old.key, to)
  const shown = state.shown === old.key ? { shown: keyOf(to) } : {}
  return { ...state, places, renames, pending, uploads, ...shown }
}

/** What a place is called now that had another name, if it is there. */
export function nowCalled(state: State, name: string): string | undefined {
  const to = state.places.has(keyOf(name)) ? undefined : state.renames.get(keyOf(name))
  return to !== undefined && state.places.has(keyOf(to)) ? to : undefined
}

export function withPeople(state: State, channel: string, members: readonly Member[]): State {
  const people = new Map<Key, PersonThere>()
  const presence = new Map(state.presence)
  for (const { status, note, ...person } of members) {
    people.set(keyOf(person.name), person)
    presence.set(keyOf(person.name), note === undefined ? { status } : { status, note })
  }
  return inPlace({ ...state, presence }, channel, (place) => ({ ...place, people, size: people.size }))
}

/** Somebody is in the channel, or is something else there now. */
export function withPerson(place: Place, person: PersonThere): Place {
  const key = keyOf(person.name)
  if (!place.people) return { ...place, size: place.size + 1 }
  const people = new Map(place.people).set(key, { ...place.people.get(key), ...person })
  return { ...place, people, size: people.size }
}

export function withoutPerson(place: Place, name: string): Place {
  if (!place.people) return { ...place, size: Math.max(0, place.size - 1) }
  const people = new Map(place.people)
  people.delete(keyOf(name))
  return { ...place, people, size: people.size }
}

/** `role` is undefined for a plain member. */
function withRole(place: Place, name: string, role: PersonThere['role']): Place {
  const old = place.people?.get(keyOf(name))
  if (!old || !place.people) return place
  const { role: _, ...plain } = old
  const changed = role === undefined ? plain : { ...plain, role }
  return { ...place, people: new Map(place.people).set(keyOf(name), changed) }
}

/** Gives somebody a role in a channel, or takes it: also to oneself, before it is known who else is there. */
export function roleGiven(state: State, channel: string, name: string, role: PersonThere['role']): State {
  return inPlace(state, channel, (place) => {
    const there = withRole(place, name, role)
    if (!isMe(state, name)) return there
    const { role: _, ...rest } = there
    return role === undefined ? rest : { ...rest, role }
  })
}

export function isMe(state: State, name: string): boolean {
  return state.me !== undefined && keyOf(state.me.name) === keyOf(name)
}

/** Where a message belongs: its channel, or the other one of two who talk. Undefined for a notice to everybody. */
export function placeOf(
  state: State,
  { from, channel, to }: { readonly from: string; readonly channel?: string; readonly to?: string },
): string | undefined {
  if (channel !== undefined) return channel
  if (to === undefined) return undefined
  return isMe(state, from) ? to : from
}

/** Whether the server keeps nothing of what is said there: one of the two is a guest. */
export function isUnkept(state: State, name: string): boolean {
  return !isChannel(name) && (name.startsWith('~') || state.me?.guest === true)
}

/** What one is in a channel. */
export function myRole(state: State, place: Place): PersonThere['role'] {
  return (state.me && place.people?.get(keyOf(state.me.name))?.role) ?? place.role
}

export function channels(state: State): readonly Place[] {
  return [...state.places.values()]
    .filter(({ name }) => isChannel(name))
    .sort((a, b) => a.key.localeCompare(b.key))
}

/** Those with whom one talks, the latest first. */
export function talks(state: State): readonly Place[] {
  return [...state.places.values()]
    .filter(({ name }) => !isChannel(name))
    .sort((a, b) => latest(b) - latest(a))
}

function latest({ log, last = 0 }: Place): number {
  return Math.max(log.messages.at(-1)?.id ?? 0, log.late.at(-1)?.id ?? 0, last)
}
