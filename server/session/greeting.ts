/** Which ways in there are. */
export interface WaysIn {
  readonly guests: boolean
  readonly signup: 'open' | 'invite' | 'closed'
}

/** What somebody reads who connects and waits; enough to go on from. */
export function greeting(online: number, { guests, signup }: WaysIn): string[] {
  return [
    'Welcome to Partyline. This is a group chat; your terminal is all you need.',
    ...(guests ? ['To talk right away as a guest, type /nick and a name, for example: /nick sam'] : []),
    waysToAnAccount[signup],
    `/help lists the commands, /quit leaves. ${presence(online)}`,
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
