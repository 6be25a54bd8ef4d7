import { channels, talks } from '../state/places.ts'
import { isChannel, keyOf, type Place, type State } from '../state/state.ts'

/** Somewhere to go: a place that one is in, or somebody whom one could write to. */
export interface Goal {
  readonly name: string
  readonly unread: number
  readonly mentions: number
}

const mostShown = 8

/**
 * Where one may want to go who has typed `typed`: names that begin with it, then names with a part that does, then names that
 * have it in them. Among those of a kind what is unread comes first, and what is shown already does not come at all.
 */
export function goalsOf(state: State, typed: string): readonly Goal[] {
  const wanted = keyOf(typed.trim()).replace(/^[#@]/, '')
  const kind = /^\s*[#@]/.exec(typed)?.[0].trim()
  const goals = new Map<string, Goal>()
  for (const place of [...talks(state), ...channels(state)])
    if (place.key !== state.shown) goals.set(place.key, goalOf(place))
  for (const name of peopleKnown(state))
    if (!goals.has(keyOf(name)) && keyOf(name) !== state.shown)
      goals.set(keyOf(name), { name, unread: 0, mentions: 0 })
  return [...goals.values()]
    .filter(({ name }) => kind === undefined || isChannel(name) === (kind === '#'))
    .map((goal, order) => ({ goal, order, rank: rankOf(keyOf(goal.name).replace(/^[#~]/, ''), wanted) }))
    .filter(({ rank }) => rank !== undefined)
    .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0) || weight(b.goal) - weight(a.goal) || a.order - b.order)
    .slice(0, mostShown)
    .map(({ goal }) => goal)
}

function goalOf({ name, unread: { count, mentions } }: Place): Goal {
  return { name, unread: count, mentions }
}

function weight({ name, unread, mentions }: Goal): number {
  if (mentions > 0 || (unread > 0 && !isChannel(name))) return 2
  return unread > 0 ? 1 : 0
}

/** Contacts, and who is in the channels whose members are known. */
function peopleKnown(state: State): readonly string[] {
  const there = [...state.places.values()].flatMap(({ people }) => [...(people?.values() ?? [])])
  const names = [...there.map(({ name }) => name), ...state.contacts]
  return names.filter((name) => keyOf(name) !== keyOf(state.me?.name ?? ''))
}

function rankOf(name: string, wanted: string): number | undefined {
  if (name.startsWith(wanted)) return 0
  const at = name.indexOf(wanted)
  if (at < 0) return undefined
  return /[\p{L}\p{N}]/u.test(name.charAt(at - 1)) ? 2 : 1
}
