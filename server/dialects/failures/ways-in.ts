import type { WaysIn } from '../../chat/model/ways-in.ts'

/** Where it is not known what the server allows. */
export const allWays: WaysIn = { guests: true, signup: 'open' }

/** How to get an account. */
export function accountText({ signup }: WaysIn): string {
  switch (signup) {
    case 'open':
      return 'Make an account with /signup, or /login.'
    case 'invite':
      return '/login, or make an account with an invitation code: /signup.'
    case 'closed':
      return '/login, or ask an operator for an account.'
    default:
      return signup satisfies never
  }
}

/** How to answer the invitation that there is into this channel. */
export function invitedText(channel: string, request: number): string {
  return `You are invited into ${channel}: /accept ${request} to enter it, /reject ${request} to say no.`
}
