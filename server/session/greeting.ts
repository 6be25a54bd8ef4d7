function presence(online: number): string {
  if (online === 0) return 'Nobody else is here yet.'
  return online === 1 ? '1 person is online.' : `${online} people are online.`
}

/** What somebody reads who connects and waits; enough to go on from. */
export function greeting(online: number): string[] {
  return [
    'Welcome to Partyline. This is a group chat; your terminal is all you need.',
    'To talk right away as a guest, type /nick and a name, for example: /nick sam',
    'For an account of your own: /signup. If you have one: /login',
    `/help lists the commands, /quit leaves. ${presence(online)}`,
  ]
}
