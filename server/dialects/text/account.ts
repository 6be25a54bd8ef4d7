import type { Ended } from '../../chat/model/replies/accounts.ts'
import { grantText } from '../grant-text.ts'
import { plural, table } from './layout.ts'
import type { ReplyLines } from './reply-lines.ts'
import { connectionCells, tokenCells } from './tokens.ts'

/** The person's own account: names, passwords, tokens, data. */
export const accountReplies = {
  renamed: (reply) => [`* You are now ${reply.name}.`],
  'name-changed': (reply) => [
    `* ${reply.from} is now called ${reply.name}. For a while the name ${reply.from} still finds it, and nobody else can take that name.`,
  ],
  'logged-out': (reply) => [
    `* ${reply.name} is logged out here. /login, /signup or /nick to go on, /quit to leave.`,
  ],
  'password-changed': (reply) => [
    '* Your password is changed.',
    ...changedLines(reply).map((line) => `* ${line}`),
  ],
  recovered: (reply) => [
    `* The password of ${reply.name} is changed. Log in with /login ${reply.name}.`,
    ...endedLines(reply).map((line) => `* ${line}`),
    `* Your new recovery code is ${reply.recoveryCode} - write it down, the old one is used up.`,
  ],
  email: (reply) => [
    reply.email === undefined
      ? '* There is no e-mail address in your profile.'
      : `* Your e-mail address is ${reply.email}. Only you and the operators see it.`,
  ],
  'account-deleted': (reply) => [
    `* The account ${reply.name} is deleted. You can still be a guest: /nick NAME.`,
  ],
  'token-made': (reply) => [
    `* Token ${reply.name}: ${reply.token}`,
    ...(reply.scope === 'all' && !reply.channels ? [] : [`* It can ${grantText(reply)}.`]),
    '* It is shown only now. A script logs in with:',
    `*   /login ${reply.account} ${reply.token}`,
  ],
  tokens: (reply, screen) => [
    ...table(
      reply.tokens.map((row) => tokenCells(row, screen)),
      screen.width,
    ),
    `* ${plural(reply.paged?.total ?? reply.tokens.length, 'token')}. /token NAME makes one, /token NAME revoke ends one; see /help token.`,
  ],
  connections: (reply, screen) => [
    ...table(
      reply.connections.map((row) => connectionCells(row, reply.now, screen)),
      screen.width,
    ),
    `* ${plural(reply.paged?.total ?? reply.connections.length, 'connection')}. /session end NUMBER ends one, /session end others ends all but this one.`,
  ],
  'connections-ended': ({ connections, tokens }) => [
    connections === 0
      ? '* You have no other connections.'
      : `* ${plural(connections, 'connection')} of yours ${connections === 1 ? 'is' : 'are'} ended.`,
    ...tokens.map((name) => `* A script may come back by its token: /token ${name} revoke ends that.`),
  ],
  'session-ticket': (reply) => [
    `* ${reply.ticket} is valid once and soon, for POST /session: see docs/protocol.md.`,
  ],
  'token-removed': (reply) => [`* The token ${reply.name} is revoked: nobody can log in with it any more.`],
  'invite-code': (reply, screen) => [
    `* ${reply.invite} lets one newcomer sign up, until ${screen.times.dateTime(reply.until)}.`,
  ],
} satisfies Partial<ReplyLines>

/** The connections and tokens that ended when a password was set without the old one, for chat and command line. */
export function endedLines({ connections, tokens }: Ended): string[] {
  return [
    ...(connections > 0
      ? [`${plural(connections, 'connection')} of the account ${connections === 1 ? 'was' : 'were'} closed.`]
      : []),
    ...(tokens.length > 0
      ? [`${tokens.length === 1 ? 'This token is' : 'These tokens are'} revoked: ${tokens.join(', ')}.`]
      : []),
  ]
}

/** The connections that ended when the owner changed the password, and the tokens that did not. */
function changedLines({ connections, tokens }: Ended): string[] {
  return [
    ...(connections > 0
      ? [
          connections === 1
            ? 'Your other connection was closed.'
            : `Your ${connections} other connections were closed.`,
        ]
      : []),
    ...(tokens.length > 0
      ? [`Scripts still log in by ${tokens.join(', ')}: /token NAME revoke ends a token you do not know.`]
      : []),
  ]
}
