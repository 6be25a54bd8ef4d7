import { useState } from 'preact/hooks'
import { isMe } from '../../state/places.ts'
import type { PersonThere, Place, Presence } from '../../state/state.ts'
import { keyOf } from '../../state/state.ts'
import { Dot, Name } from '../bits.tsx'
import { Icon } from '../icon.tsx'
import { PersonDialog } from '../person-dialog.tsx'
import { useChat, useKnown } from '../using.ts'

/** So many rows are drawn; a name that is typed finds the others. */
const mostShown = 200

/** Who is in a channel: those who lead it first, then those who are there. */
export function Members({ place, onClose }: { readonly place: Place; readonly onClose: () => void }) {
  const chat = useChat()
  const presence = useKnown((state) => state.presence)
  const isLost = useKnown((state) => state.link.state !== 'open')
  const [filter, setFilter] = useState('')
  const [open, setOpen] = useState<string>()
  const people = sorted([...(place.people?.values() ?? [])], presence)
  const wanted = filter.trim().toLowerCase()
  const found = wanted === '' ? people : people.filter(({ name }) => name.toLowerCase().includes(wanted))
  const online = people.filter(({ name }) => statusOf(presence, name) !== 'offline').length
  return (
    <aside class="members" aria-label={`Members of ${place.name}`}>
      <header>
        <h2>
          {place.size} {place.size === 1 ? 'member' : 'members'}
          {place.people && `, ${online} online`}
        </h2>
        <button type="button" class="quiet icon" aria-label="Close the members" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      {people.length > 15 && (
        <input
          type="search"
          aria-label="Find a member"
          placeholder="Find a member"
          value={filter}
          onInput={(event) => setFilter(event.currentTarget.value)}
        />
      )}
      {!place.people && isLost && <p class="hint">Who they are is shown when the connection is back.</p>}
      <ul>
        {found.slice(0, mostShown).map(({ name, role, operator }) => (
          <li key={keyOf(name)}>
            <button type="button" class="quiet" aria-haspopup="dialog" onClick={() => setOpen(name)}>
              <Dot status={statusOf(presence, name)} />
              <Name name={name} />
              {isMe(chat.state, name) && <span class="role">you</span>}
              {role !== undefined && <span class="role">{role}</span>}
              {operator && <span class="role">operator</span>}
              <Note presence={presence.get(keyOf(name))} />
            </button>
          </li>
        ))}
      </ul>
      {found.length > mostShown && (
        <p class="hint">{found.length - mostShown} more: type a part of the name.</p>
      )}
      {open !== undefined && <PersonDialog name={open} place={place} onClose={() => setOpen(undefined)} />}
    </aside>
  )
}

function Note({ presence }: { readonly presence: Presence | undefined }) {
  return presence?.note === undefined ? null : (
    <span class="note" dir="auto">
      {presence.note}
    </span>
  )
}

function statusOf(presence: ReadonlyMap<string, Presence>, name: string): Presence['status'] {
  return presence.get(keyOf(name))?.status ?? 'offline'
}

const ranks = { admin: 0, moderator: 1 } as const
const statuses = { online: 0, away: 1, offline: 2 } as const

function sorted(
  people: readonly PersonThere[],
  presence: ReadonlyMap<string, Presence>,
): readonly PersonThere[] {
  const rank = ({ role }: PersonThere) => (role === undefined ? 2 : ranks[role])
  const status = ({ name }: PersonThere) => statuses[statusOf(presence, name)]
  return [...people].sort(
    (a, b) => rank(a) - rank(b) || status(a) - status(b) || a.name.localeCompare(b.name),
  )
}
