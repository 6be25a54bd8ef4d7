import type { WaysIn } from '../../chat/model/ways-in.ts'
import type { Place } from '../hello.ts'

/** The lines for somebody who connects and waits: where they are, and what they can type. */
export function greeting(online: number, { name, welcome }: Place, { guests, signup }: WaysIn): string[] {
  return [
    ...(welcome === ''
      ? [`Welcome to ${name}. This is a group chat; your terminal is all you need.`]
      : welcome.trimEnd().split('\n')),
    ...(guests ? ['To talk right away as a guest, type /nick and a name, for example: /nick sam'] : []),
    waysToAnAccount[signup],
    `/help lists the commands, /menu asks what you want to do, /quit leaves. ${presence(online)}`,
  ]
}

const waysToAnAccount = {
  open: 'For an account of your own: /signup. If you have one: /login',
  invite: 'If you have an account: /login. With an invitation code you make one: /signup',
  closed: 'If you have an account: /login',
} as const

function presence(online: number): string {
  if (online === 0) return 'Nobody else is here yet.'
  return online === 1 ? '1 person is online.' : `${online} people are online.`
}
