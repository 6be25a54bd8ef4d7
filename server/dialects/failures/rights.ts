import type { NotAllowed, Problem } from '../../chat/model/failures.ts'
import type { WaysIn } from '../../chat/model/ways-in.ts'
import { grantText } from '../grant-text.ts'
import type { FailureTexts } from './failure-texts.ts'
import { accountText, allWays } from './ways-in.ts'

const notAllowed: Readonly<Record<NotAllowed, string>> = {
  'guests-cannot': 'Guests cannot do that.',
  'no-guests': 'There are no guests here.',
  'operators-only': 'Only an operator can do that.',
  'only-operators-create': 'Only operators can create channels here.',
  'names-are-kept': 'An account keeps its name. /logout first to be a guest.',
  'offline-for-guests': 'They are offline; guests can write only to people who are online.',
  'default-channel':
    'That is the default channel: it is always public, and channels.default in the configuration sets its name.',
  'default-topic': 'Only an operator can set the topic of a default channel.',
  'default-unled': 'The default channel has no admin: operators lead it.',
  'moderators-only': 'Only those who lead the channel can do that: its admin and moderators.',
  'between-you': 'Only the person who said it can delete it: it is between the two of you.',
  'admins-only': 'Only the admin of the channel can do that.',
  outranked: 'Their rank in the channel is the same as yours, or higher.',
  'set-from-above':
    'Somebody with a higher rank in the channel than yours has set that: only somebody of that rank can change or end it.',
  'not-oneself': 'You cannot do that to yourself.',
  'not-guests': 'Guests come and go: that works only with people who have an account.',
  'only-in-inbox':
    'What guests said to you is only in the inbox: /inbox. A deleted account is named by its number, as lists show it: /history #7.',
  'not-operators': 'Operators cannot be blocked: their notices are for everybody.',
  'invites-are-off': 'Sign-up needs no invitation codes here.',
  'files-are-off': 'Files cannot be sent here.',
  'not-your-message': 'Only the person who said it can do that; those who lead the channel can delete it.',
  'a-file-stays': 'That message announces a file, so its text stays. /delete deletes both.',
  'not-your-file': 'Only the person who sent a file, the admin of the channel and operators can delete it.',
}

/** Who may not do something, and who may. */
export const rightFailures = {
  'not-logged-in': (problem) => whoText(problem.ways ?? allWays),
  'already-logged-in': (problem) => `You are logged in as ${problem.name}. /logout first.`,
  'not-allowed'(problem) {
    if (problem.channel !== undefined) return leadersText(problem.why, problem.channel, problem.unled)
    return problem.why === 'guests-cannot' || problem.why === 'no-guests'
      ? `${notAllowed[problem.why]} ${accountText(problem.ways ?? allWays)}`
      : notAllowed[problem.why]
  },
  'tls-required': () =>
    'This server accepts passwords and other secrets over TLS only: ncat --ssl-verify HOST PORT, or openssl s_client -quiet -verify_return_error -verify_hostname HOST -connect HOST:PORT.',
  'no-such-token': (problem) => `You have no token called ${problem.name}. /token lists them.`,
  'token-limited': tokenText,
} satisfies Partial<FailureTexts>

function whoText({ guests, signup }: WaysIn): string {
  const ways = [
    ...(guests ? ['/nick NAME for a guest'] : []),
    ...(signup === 'closed' ? [] : ['/signup for an account']),
  ]
  return `Who are you? ${ways.length === 0 ? '/login. Accounts are made by the operators here.' : `${ways.join(', ')}, or /login.`}`
}

/** The text names the channel, because the person need not have named it. */
function leadersText(why: NotAllowed, channel: string, unled = false): string {
  if (unled)
    return `Only operators can do that in ${channel}, which has no admin. If you meant another channel, name it.`
  return why === 'admins-only'
    ? `Only the admin of ${channel} can do that.`
    : `Only those who lead ${channel} can do that: its admin and moderators.`
}

function tokenText({ grant, why }: Extract<Problem, { code: 'token-limited' }>): string {
  switch (why) {
    case 'password':
      return `No token allows that: log in with the password. You are logged in by the token ${grant.token}.`
    case 'operator':
      return `A token of an operator can only read and write. You are logged in by the token ${grant.token}.`
    case 'scope':
      return `The token ${grant.token} does not allow that: it can ${grantText(grant)}.`
    default:
      return why satisfies never
  }
}
