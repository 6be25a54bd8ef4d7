import type { Scope } from '../chat/model/grant.ts'

/** What a token can do: `only write, in #ci`. */
export function grantText(grant: {
  readonly scope: Scope
  readonly channels?: readonly string[] | undefined
}): string {
  const { channels, scope } = grant
  if (channels !== undefined) return `only ${verbs[scope]} in ${channels.join(', ')}`
  return scope === 'all' ? 'do all that needs no password' : `only ${verbs[scope]}`
}

const verbs = { read: 'read', write: 'write', all: 'read and write' } as const
