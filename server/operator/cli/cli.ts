import type { Command } from 'commander'
import type { Status } from '../../chat/model/events.ts'
import type { BrowserRow, Ended, TokenRow } from '../../chat/model/replies/accounts.ts'
import type { ServerStats } from '../../chat/model/stats.ts'
import type { Reloaded } from '../../config/live.ts'
import { endedLines } from '../../dialects/text/account.ts'
import { plural, table } from '../../dialects/text/layout.ts'
import { lastHere, reloadedLines } from '../../dialects/text/operators.ts'
import { statsRows, warningLines } from '../../dialects/text/stats.ts'
import { tokenCells } from '../../dialects/text/tokens.ts'
import { ZoneFormat } from '../../lib/zones.ts'
import type { ControlAnswer } from '../control/control.ts'
import { listed } from '../directory/remains.ts'
import { addArchiveCommands, type Hash } from './archive-cli.ts'
import { askPassword, requireYes } from './ask-password.ts'
import { type Add, type Common, type RequestAction, type RunLocally, report, whereOf } from './common.ts'
import { addForgetCommands } from './forget-cli.ts'
import { messageLine, type SaidMessage } from './message-line.ts'
import { addRegisterCommands, type HashAll } from './register-cli.ts'

/**
 * Runs an action in the running server, or in the data directory if none runs. Turns explainable errors into Refused.
 */
export type SendAction = (
  where: { config?: string; data?: string },
  action: string,
  options: Record<string, unknown>,
) => Promise<ControlAnswer>

interface User {
  name: string
  id: number
  operator: boolean
  status: Status
  /** Missing if it never was. */
  lastSeen?: string
  email?: string
}

const examples = `
All commands but serve are for the operator. They work while the server runs,
and then it acts at once, and while it does not. --data or --config tells which
server is meant. A password is asked for on the terminal, or read from standard
input.

  partyline createsuperuser anna
  echo "$FIRST_PASSWORD" | partyline registeruser bob --json
  partyline messagelist --channel '#lobby' --since 2h`

/** Adds the operator's commands to the program. */
export function addOperatorCommands(
  program: Command,
  sendAction: SendAction,
  runLocally: RunLocally,
  { hash, hashAll }: { hash: Hash; hashAll: HashAll },
): void {
  program.addHelpText('after', examples)
  const add: Add = (usage, description) =>
    program
      .command(usage)
      .description(description)
      .option('--config <file>', 'the configuration of the server, as for serve')
      .option('--data <directory>', 'the directory of its database, instead of dataDirectory')
      .option('--json', 'print one JSON object, also for a refusal: {"error":{"code","message"}}')

  /** Runs an action and prints its answer. */
  const requestAction: RequestAction = async <T>(
    common: Parameters<RequestAction>[0],
    action: string,
    options: Record<string, unknown>,
    lines: (data: T) => string[] = () => [],
  ) => report(await sendAction(whereOf(common), action, options), common, lines)

  add('createsuperuser <name>', 'make an account an operator, or make a new operator')
    .option('--yes', 'do not ask before making an existing account an operator')
    .action(async (name: string, { yes = false, ...common }: Common & { yes?: boolean }) => {
      const { user } = await requestAction<{ user?: User }>({ ...common, quiet: true }, 'finduser', { name })
      if (user) {
        const who = `${user.name} (#${user.id})`
        if (!user.operator && !yes)
          await requireYes(
            `There is ${who} already. Make that account an operator, who may do everything? yes or no: `,
            `There is ${who} already; --yes makes that account an operator without asking.`,
          )
        await requestAction<{ user: User }>(common, 'promoteuser', { name }, () => [
          `${who} is an operator ${user.operator ? 'already' : 'now'}.`,
        ])
        return
      }
      const password = await askPassword(name)
      await requestAction<Registered & Begun>(common, 'createsuperuser', { name, password }, (made) => [
        ...begunLines(made),
        ...registeredLines(made, 'Operator'),
      ])
    })

  add('demoteoperator <name>', 'make an operator a plain member, but never the last one')
    .option('--yes', 'do not ask whether you are sure')
    .action(async (name: string, { yes = false, ...common }: Common & { yes?: boolean }) => {
      const { user } = await requestAction<{ user: User }>({ ...common, quiet: true }, 'checkoperator', {
        name,
      })
      const who = `${user.name} (#${user.id})`
      if (user.operator && !yes)
        await requireYes(
          `Make ${who} a plain member again? yes or no: `,
          'There is no terminal to ask on. --yes does it without asking.',
        )
      await requestAction<{ changed: boolean }>(common, 'demoteoperator', { name }, ({ changed }) => [
        `${who} is ${changed ? 'an operator no more' : 'no operator'}.`,
      ])
    })

  addRegisterCommands(add, requestAction, runLocally, hashAll)

  add('deleteuser <name>', 'delete an account for good, and disconnect the people who use it')
    .option('--erase-messages', 'delete its messages, too')
    .option('--yes', 'do not ask whether you are sure')
    .action(
      async (
        name: string,
        {
          eraseMessages = false,
          yes = false,
          ...common
        }: Common & { eraseMessages?: boolean; yes?: boolean },
      ) => {
        if (!yes) {
          const quiet = { ...common, quiet: true }
          const { name: found } = await requestAction<{ name: string }>(quiet, 'checkuser', { name })
          const what = `the account ${found} for good${eraseMessages ? ', with all that it said' : ''}`
          await requireYes(
            `Delete ${what}? yes or no: `,
            'There is no terminal to ask on. --yes deletes without asking.',
          )
        }
        await requestAction<{ name: string; id: number }>(
          common,
          'deleteuser',
          { name, eraseMessages },
          (deleted) => [
            `The account ${deleted.name} (#${deleted.id}) is deleted${eraseMessages ? ', and all that it said' : ''}.`,
          ],
        )
      },
    )

  add('setpassword <name>', "set somebody's password, who has to change it at the next login").action(
    async (name: string, common: Common) => {
      await requestAction({ ...common, quiet: true }, 'checkuser', { name })
      const password = await askPassword(name)
      await requestAction<Ended & { name: string }>(common, 'setpassword', { name, password }, (set) => [
        `The password of ${set.name} is set; it has to be changed at the next login.`,
        ...endedLines(set),
      ])
    },
  )

  add('tokens <name>', "list somebody's login tokens: what each is for, and when and from where it was used")
    .option('--revoke <token>', 'first revoke a token, and close the connections that logged in by it')
    .action(async (name: string, { revoke, ...common }: Common & { revoke?: string }) => {
      const options = { name, ...(revoke === undefined ? {} : { revoke }) }
      await requestAction<TokenList>(common, 'tokens', options, (list) => [
        ...(revoke === undefined ? [] : [`The token ${revoke} of ${list.name} is revoked.`]),
        ...tokenLines(list),
      ])
    })

  add('userlist', 'list the accounts').action(async (common: Common) => {
    await requestAction<{ zone: string; users: User[] }>(common, 'userlist', {}, ({ zone, users }) => [
      ...plainTable(users.map(userRow(new ZoneFormat(zone, '24')))),
      `${plural(users.length, 'account')}.`,
    ])
  })

  add('messagelist', 'list messages, also direct ones, the newest last')
    .option('--channel <name>', "only what was said in a channel, such as '#lobby'")
    .option('--from <name>', 'only messages of this account')
    .option('--since <time>', 'only messages since 2026-11-20 or "2026-11-20 18:00", or of the last 2h or 7d')
    .option('--limit <number>', 'at most so many, the newest ones', '100')
    .action(async ({ channel, from, since, limit, ...common }: Common & MessageFilter) => {
      const filter = { channel, from, since, limit: Number(limit) }
      await requestAction<{ zone: string; messages: SaidMessage[] }>(
        common,
        'messagelist',
        filter,
        ({ zone, messages }) =>
          messages.length === 0 ? ['No messages.'] : messages.map(messageLine(new ZoneFormat(zone, '24'))),
      )
    })

  addArchiveCommands(add, runLocally, hash)
  addForgetCommands(add, requestAction)

  add('notice <text...>', 'tell everybody something; offline members read it at the next login').action(
    async (words: string[], common: Common) => {
      // One line, whatever the shell makes of the arguments.
      const text = words.join(' ').replace(/\s+/g, ' ')
      await requestAction<{ from: string }>(common, 'notice', { text }, ({ from }) => [
        `Everybody is told, from ${from}.`,
      ])
    },
  )

  add(
    'status',
    'show how the running server does: people, messages, sizes, times, what to look after',
  ).action(async (common: Common) => {
    await requestAction<Omit<ServerStats, 'startedAt'>>(common, 'status', {}, (stats) => [
      ...plainTable(statsRows(stats)),
      ...warningLines(stats),
    ])
  })

  add('reload', 'make the running server read its configuration and certificates again').action(
    async (common: Common) => {
      await requestAction<Reloaded>(common, 'reload', {}, reloadedLines)
    },
  )
}

interface TokenList {
  name: string
  zone: string
  tokens: (Dated<TokenRow> | Dated<BrowserRow>)[]
}

/** With times as they come over the socket. */
type Dated<Row> = Omit<Row, 'since' | 'lastUsed'> & { since: string; lastUsed?: string }

function tokenLines({ name, tokens, zone }: TokenList): string[] {
  const times = new ZoneFormat(zone, '24')
  const rows = tokens.map(({ lastUsed, since, ...token }) =>
    tokenCells(
      {
        ...token,
        since: Date.parse(since),
        lastUsed: lastUsed === undefined ? undefined : Date.parse(lastUsed),
      },
      { times },
    ),
  )
  return [
    ...table(rows, Number.POSITIVE_INFINITY).map((row) => row.slice(2)),
    `${name} has ${plural(tokens.length, 'token')}.`,
  ]
}

interface MessageFilter {
  channel?: string
  from?: string
  since?: string
  limit: string
}

/** Renders texts as in the chat, but without the marks in front. */
function plainTable(rows: readonly (readonly string[])[]): string[] {
  return table(rows, Number.POSITIVE_INFINITY).map((row) => row.slice(2))
}

function userRow(times: ZoneFormat): (user: User) => string[] {
  return ({ name, id, status, operator, lastSeen, email = '' }) => [
    name,
    `#${id}`,
    operator ? 'operator' : 'member',
    status === 'offline'
      ? lastHere(lastSeen === undefined ? undefined : Date.parse(lastSeen), times)
      : status,
    email,
  ]
}

interface Registered {
  user: User
  recoveryCode: string
}

/** What is said besides where there was no database. */
interface Begun {
  madeDatabase?: string
  remains?: string[]
}

function begunLines({ madeDatabase, remains = [] }: Begun): string[] {
  if (madeDatabase === undefined) return []
  return [
    `There was no database: ${madeDatabase} is made, for a new server.`,
    ...(remains.length > 0
      ? [`Not used, though it looks like what is left of another: ${listed(remains)}.`]
      : []),
  ]
}

function registeredLines({ user, recoveryCode }: Registered, what: string): string[] {
  return [
    `${what} ${user.name} (#${user.id}) created.`,
    `Its recovery code is ${recoveryCode} - write it down.`,
  ]
}
