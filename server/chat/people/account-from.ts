import { none } from '../../lib/shared-set.ts'
import type { Account } from '../model/people.ts'
import type { AccountRecord } from '../ports/records.ts'

/**
 * An account as it is in memory, of what is stored. The properties are set one by one: an object literal with a spread, to which properties are added later, gets a
 * hidden class of its own in V8, and every access to many such objects is slow.
 */
export function accountFrom(record: AccountRecord): Account {
  return {
    kind: 'account',
    id: record.id,
    name: record.name,
    operator: record.operator,
    since: record.since,
    email: record.email,
    settings: record.settings,
    seen: record.seen,
    seenAt: record.seenAt,
    talkedWith: record.talkedWith,
    lastFrom: undefined,
    watch: record.watch,
    initialPassword: record.initialPassword,
    access: 0,
    away: undefined,
    channels: none(),
    listeners: none(),
    quiet: none(),
    contacts: none(),
    contactOf: none(),
    blocked: none(),
    blockedBy: none(),
    deleted: false,
  }
}
