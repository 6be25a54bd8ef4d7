import type { ZoneFormat } from '../../lib/zones.ts'
import { endedLines } from './account.ts'
import { plural, table } from './layout.ts'
import type { ReplyLines } from './reply-lines.ts'
import { statsRows, warningLines } from './stats.ts'

/** For operators: accounts of others, addresses, the server. */
export const operatorReplies = {
  registered: (reply) => [
    `* Account ${reply.name} (#${reply.id}) created. Its owner has to change the password at the first login.`,
    `* Its recovery code is ${reply.recoveryCode} - give it to its owner too.`,
  ],
  users: (reply, screen) => [
    ...table(
      reply.users.map(({ name, id, status, operator, lastSeen, email }) => [
        name,
        `#${id}`,
        status,
        lastHere(lastSeen, screen.times),
        [operator ? 'operator' : '', email ?? ''].filter(Boolean).join(', '),
      ]),
      screen.width,
    ),
    `* ${plural(reply.paged?.total ?? reply.users.length, 'account')}.`,
  ],
  'user-deleted': (reply) => [`* The account ${reply.name} is deleted.`],
  'password-set': (reply) => [
    `* The password of ${reply.name} is set; it has to be changed at the next login.`,
    ...endedLines(reply).map((line) => `* ${line}`),
  ],
  operator: (reply) => [
    `* ${reply.name} is ${reply.on ? 'an operator of this server' : 'a plain member'} ${reply.changed ? 'now' : 'already'}.`,
  ],
  killed: (reply) => [`* ${reply.name} is disconnected (${plural(reply.connections, 'connection')}).`],
  'address-banned': (reply, screen) => [
    `* Nobody connects from ${reply.cidr} any more${reply.until === undefined ? '' : `, until ${screen.times.moment(reply.until)}`}.`,
  ],
  'address-unbanned': (reply) => [`* ${reply.cidr} may connect again.`],
  'address-bans': (reply, screen) => [
    ...table(
      reply.bans.map(({ cidr, until }) => [
        cidr,
        until === undefined ? 'without end' : `until ${screen.times.moment(until)}`,
      ]),
      screen.width,
    ),
    `* ${plural(reply.paged?.total ?? reply.bans.length, 'address is', 'addresses are')} banned.`,
  ],
  reloaded: (reply) => reloadedLines(reply).map((line) => `* ${line}`),
  stats: (reply, screen) => [
    ...table(statsRows(reply.stats), screen.width),
    ...warningLines(reply.stats).map((line) => `* ${line}`),
  ],
  logins: (reply, screen) => [
    ...table(
      reply.logins.map(({ failures, of, until }) => [
        of,
        plural(failures, 'failure'),
        until > reply.now ? `waits until ${screen.times.moment(until)}` : '',
      ]),
      screen.width,
    ),
    reply.logins.length === 0
      ? '* Nobody failed to log in lately.'
      : '* /logins clear NAME|ADDRESS lets somebody try again.',
  ],
  'login-cleared': (reply) => [`* ${reply.of} can try again.`],
} satisfies Partial<ReplyLines>

/** When an account was last here, in a list of accounts. */
export function lastHere(lastSeen: number | undefined, times: ZoneFormat): string {
  return lastSeen === undefined ? 'never here' : `last here ${times.dateTime(lastSeen)}`
}

/** What a reload has changed, for chat and command line. */
export function reloadedLines({
  certificates,
  changed,
  kept,
}: {
  readonly certificates: boolean
  readonly changed: readonly string[]
  readonly kept: readonly string[]
}): string[] {
  return [
    ...(kept.length === 0
      ? []
      : [`These settings need a restart, and are unchanged until then: ${kept.join(', ')}.`]),
    `Reloaded: ${changed.length === 0 ? 'no setting has changed' : changed.join(', ')}.${certificates ? ' Certificates were read again.' : ''}`,
  ]
}
