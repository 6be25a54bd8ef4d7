import * as z from 'zod'
import type { Account } from '../../chat/model/people.ts'
import { lastSeenOf, statusOf } from '../../chat/model/people.ts'
import { failureText } from '../../dialects/failure-text.ts'
import { isoTime } from '../../lib/times.ts'
import { type Action, action, named, requireAccount } from './action.ts'

const withPassword = named.extend({ password: z.string() })

const newcomers = z.array(
  z.object({ name: z.string(), password: z.string().optional(), room: z.string().optional() }),
)

/** Accounts and operators. */
export const accountActions: Readonly<Record<string, Action>> = {
  /** Finds the account of that name, or checks that one can be made, before the command line asks for a password. */
  finduser: action(named, async ({ services: { accounts, directory } }, { name }) => {
    const account = directory.findAccount(name)
    if (!account) accounts.checkFreeName(name)
    return account ? { user: userRow(account) } : {}
  }),

  /** Refuses an unknown name, before the command line asks for a password. */
  checkuser: action(named, async ({ services }, { name }) => ({
    name: requireAccount(services, name).name,
  })),

  /** Refuses a name that a new account cannot have, before the command line asks for a password. */
  checkname: action(named, async ({ services: { accounts } }, { name }) => ({
    name: accounts.checkFreeName(name),
  })),

  createsuperuser: action(withPassword, async ({ services: { accounts } }, { name, password }) => {
    const { account, recoveryCode } = await accounts.register(name, password, true)
    return { user: userRow(account), recoveryCode }
  }),

  /** Makes an existing account an operator. */
  promoteuser: action(named, async ({ services }, { name }) => {
    const account = requireAccount(services, name)
    await services.operators.set(account, true)
    return { user: userRow(account) }
  }),

  /** Finds the operator of that name; refuses the last one, before the command line asks whether to go on. */
  checkoperator: action(named, async ({ services }, { name }) => {
    const account = requireAccount(services, name)
    services.operators.requireAnother(account)
    return { user: userRow(account) }
  }),

  /** Makes an operator a plain member again. */
  demoteoperator: action(named, async ({ services }, { name }) => {
    const account = requireAccount(services, name)
    const changed = account.operator
    await services.operators.set(account, false)
    return { user: userRow(account), changed }
  }),

  registeruser: action(withPassword, async ({ services: { accounts } }, { name, password }) => {
    const { account, recoveryCode } = await accounts.register(name, password)
    return { user: userRow(account), recoveryCode }
  }),

  /** The people on a list who cannot get an account, by their place, with the reason; and the shortest password. */
  checkclass: action(z.object({ people: newcomers }), async ({ services }, { people }) => ({
    faults: services.enrolment
      .check(people)
      .map(({ index, problem }) => ({ index, why: failureText(problem) })),
    passwordMinLength: services.passwords.minLength,
  })),

  /** Makes accounts for everybody on a list, or for nobody. The command line has hashed the passwords already. */
  registerclass: action(
    z.object({
      people: z.array(
        z.object({
          name: z.string(),
          room: z.string().optional(),
          passwordHash: z.string(),
          recoveryHash: z.string(),
        }),
      ),
    }),
    async ({ services }, { people }) => ({ users: (await services.enrolment.register(people)).map(userRow) }),
  ),

  joinuser: action(
    z.object({ channel: z.string(), names: z.array(z.string()).min(1) }),
    async ({ services }, { channel, names }) => {
      const room = `#${channel.replace(/^#/, '')}`
      const people = names.map((name) => requireAccount(services, name))
      const entered = await services.enrolment.put(people, room)
      return {
        channel: services.channels.named(room)?.name ?? room,
        entered: entered.map(({ name }) => name),
      }
    },
  ),

  deleteuser: action(
    named.extend({ eraseMessages: z.boolean().default(false) }),
    async ({ services }, { name, eraseMessages }) => {
      const account = requireAccount(services, name)
      await services.deletion.delete(account, eraseMessages ? 'remove' : undefined)
      return { name: account.name, id: account.id }
    },
  ),

  /** Refuses an unknown name, and says how much would be deleted, before the operator confirms. */
  eraseuser: action(
    named.extend({ confirmed: z.boolean().default(false) }),
    async ({ copies, services: { directory, forgetting, myData } }, { confirmed, name }) => {
      const account = requireAccount({ directory }, name)
      const { id, name: known } = account
      if (!confirmed) return { name: known, id, messages: await myData.countMessages(account) }
      return { name: known, id, ...(await forgetting.erase(account)), copies: copies() }
    },
  ),

  setpassword: action(withPassword, async ({ services }, { name, password }) => {
    const account = requireAccount(services, name)
    return { name: account.name, ...(await services.passwords.setInitial(account, password)) }
  }),

  /** Lists the login tokens of a person and the browsers that stay logged in, after ending one if a name is given. */
  tokens: action(
    named.extend({ revoke: z.string().optional() }),
    async ({ services, zone }, { name, revoke }) => {
      const { browserSessions, tokens } = services
      const account = requireAccount(services, name)
      if (revoke !== undefined && browserSessions.isName(revoke))
        await browserSessions.endNamed(account, revoke)
      else if (revoke !== undefined) await tokens.revoke(account, revoke)
      const left = [...(await tokens.list(account)), ...(await browserSessions.list(account))]
      return {
        name: account.name,
        zone,
        tokens: left.map(({ lastUsed, since, ...token }) => ({
          ...token,
          since: isoTime(since),
          ...(lastUsed === undefined ? {} : { lastUsed: isoTime(lastUsed) }),
        })),
      }
    },
  ),

  userlist: action(z.object({}), async ({ services: { directory }, zone }) => ({
    zone,
    users: [...directory.accounts()].map(userRow),
  })),
}

function userRow(account: Account): object {
  const { name, id, operator, email, since } = account
  const lastSeen = lastSeenOf(account)
  return {
    name,
    id,
    operator,
    status: statusOf(account),
    since: isoTime(since),
    ...(lastSeen === undefined ? {} : { lastSeen: isoTime(lastSeen) }),
    email,
  }
}
