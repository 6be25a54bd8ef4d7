import { type Person, type Role, statusOf } from '../model/people.ts'
import type { PersonRow } from '../model/replies/people.ts'

/** `note` is what the reader may know of the person's note: see `noteFor`. */
export function personRow(person: Person, note: string | undefined, role?: Role): PersonRow {
  return {
    name: person.name,
    ...(person.kind === 'account' ? { id: person.id } : {}),
    status: statusOf(person),
    ...(note ? { note } : {}),
    ...(role === undefined ? {} : { role }),
    ...(person.kind === 'account' && person.operator ? { operator: true } : {}),
  }
}

export function byName(a: Person, b: Person): number {
  return a.name.localeCompare(b.name)
}
