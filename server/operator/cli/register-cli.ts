import { availableParallelism } from 'node:os'
import { hashSecret } from '../../chat/accounts/tokens.ts'
import type { Config } from '../../config/schema.ts'
import { cleanJson, cleanLines } from '../../lib/clean.ts'
import { csvLine } from '../../lib/csv.ts'
import { preparePassword } from '../../lib/password-text.ts'
import { easyPassword, randomSecrets } from '../../lib/secrets.ts'
import { Progress } from '../archive/progress.ts'
import { Refused } from '../control/refused.ts'
import { askPassword } from './ask-password.ts'
import { type Listed, readClass, refusedClass } from './class-list.ts'
import { type Add, type Common, type RequestAction, type RunLocally, report, whereOf } from './common.ts'
import { requireOutput, writeSurely } from './surely-written.ts'

/** Hashes passwords at the configured cost, on all processors; `told` gets the number of finished ones. */
export type HashAll = (
  config: Config,
  passwords: readonly string[],
  told: (done: number) => void,
) => Promise<string[]>

interface User {
  readonly name: string
  readonly id: number
}

/** A person who now has an account, with secrets that are shown once. */
interface Registered extends User {
  readonly room: string | undefined
  readonly password: string
  readonly recoveryCode: string
}

/** Adds the commands that make accounts for others and put people into channels. */
export function addRegisterCommands(
  add: Add,
  requestAction: RequestAction,
  runLocally: RunLocally,
  hashAll: HashAll,
): void {
  add(
    'registeruser [name]',
    'make an account with a first password, which its owner has to change at the first login',
  )
    .option(
      '--file <file>',
      'make many at once: name,password,room of each in a line (CSV); - is standard input',
    )
    .option('--channel <name>', 'put them into this channel, which is created if it is missing')
    .addHelpText(
      'after',
      `
In the file a first line with the names of the columns may be missing, and so may
passwords (they are made then) and rooms. It is done for all of them, or for none.
What is printed is name, number, first password and recovery code of each, as CSV:

  partyline registeruser --file class.csv --channel '#9a' >slips.csv`,
    )
    .action(async (name: string | undefined, { channel, file, ...common }: Common & RegisterOptions) => {
      const room = channel === undefined ? undefined : `#${channel.replace(/^#/, '')}`
      if ((name === undefined) === (file === undefined))
        throw new Refused({
          code: 'bad-arguments',
          message: 'Say a name, or --file with a list of people. "partyline registeruser --help" says how.',
        })
      const registerAll = (people: readonly Listed[], before = async () => {}) =>
        register({ requestAction, runLocally, hashAll, common }, people, file, before)
      if (file === undefined && name !== undefined) {
        await requestAction({ ...common, quiet: true }, 'checkname', { name })
        const password = await askPassword(name)
        if (room === undefined) {
          await requestAction<{ user: User; recoveryCode: string }>(
            common,
            'registeruser',
            { name, password },
            ({ recoveryCode, user }) => madeLines(user, recoveryCode),
          )
          return
        }
        const answer = await registerAll([{ line: 1, name, password, room }])
        for (const { password: _, recoveryCode, room: __, ...user } of answer)
          report({ ok: true, data: { user, recoveryCode } }, common, () =>
            madeLines(user, recoveryCode, `, and is in ${room}`),
          )
        return
      }
      const people = await readClass(file ?? '-')
      requireOutput()
      const head = `${csvLine(['name', 'number', 'password', 'recovery'])}\n`
      // First passwords are shown once, so check that they can be written before making accounts.
      const users = await registerAll(
        people.map((person) => ({ ...person, room: person.room ?? room })),
        () => (common.json ? Promise.resolve() : writeSurely(head, 'Nobody was registered.')),
      )
      const lines = common.json
        ? [cleanJson(JSON.stringify({ users }))]
        : users.map(({ id, name, password, recoveryCode }) =>
            cleanLines(csvLine([name, id, password, recoveryCode])),
          )
      await writeSurely(
        lines.map((line) => `${line}\n`).join(''),
        `${users.length} accounts are made, from ${users[0]?.name} to ${users.at(-1)?.name}, and their first passwords and recovery codes are lost. Give each a new one: partyline setpassword NAME`,
      )
    })

  add('joinuser <channel> <name...>', 'put people into a channel, which is created if it is missing').action(
    async (channel: string, names: string[], common: Common) => {
      await requestAction<{ channel: string; entered: string[] }>(
        common,
        'joinuser',
        { channel, names },
        (joined) => [
          joined.entered.length === 0
            ? `All of them are in ${joined.channel} already.`
            : `${joined.entered.join(', ')} ${joined.entered.length === 1 ? 'is' : 'are'} in ${joined.channel} now.`,
        ],
      )
    },
  )
}

function madeLines({ id, name }: User, recoveryCode: string, more = ''): string[] {
  return [`Account ${name} (#${id}) created${more}.`, `Its recovery code is ${recoveryCode} - write it down.`]
}

interface RegisterOptions {
  channel?: string
  file?: string
}

/** Makes accounts for all of them, or for nobody. Passwords are hashed runLocally: a server that runs has others to serve. */
async function register(
  {
    requestAction,
    common,
    hashAll,
    runLocally,
  }: { requestAction: RequestAction; common: Common; hashAll: HashAll; runLocally: RunLocally },
  people: readonly Listed[],
  file: string | undefined,
  before: () => Promise<void>,
): Promise<Registered[]> {
  const quiet = { ...common, quiet: true }
  const plain = people.map(({ name, password, room }) => ({
    name,
    ...(password === undefined ? {} : { password }),
    ...(room === undefined ? {} : { room }),
  }))
  const { faults, passwordMinLength } = await requestAction<{
    faults: { index: number; why: string }[]
    passwordMinLength: number
  }>(quiet, 'checkclass', { people: plain })
  const [first] = faults
  if (first && file === undefined) throw new Refused({ code: 'bad-arguments', message: first.why })
  if (first)
    throw refusedClass(
      file ?? '',
      faults.map(({ index, why }) => ({ line: people[index]?.line ?? 0, why })),
    )
  const passwords = people.map(({ password }) => password ?? easyPassword(passwordMinLength))
  const codes = people.map(() => randomSecrets.recoveryCode())
  const progress = new Progress()
  const answer = await runLocally(whereOf(common), (config) =>
    hashAll(config, passwords.map(preparePassword), (done) =>
      progress.show('Hashing', done, people.length, 'passwords'),
    ),
  ).finally(() => progress.clear())
  const hashes = report<string[]>(answer, quiet, () => [])
  await before()
  const { users } = await requestAction<{ users: User[] }>(quiet, 'registerclass', {
    people: plain.map(({ name, room }, index) => ({
      name,
      ...(room === undefined ? {} : { room }),
      passwordHash: hashes[index],
      recoveryHash: hashSecret(codes[index] ?? ''),
    })),
  })
  return users.map((user, index) => ({
    ...user,
    room: people[index]?.room,
    password: passwords[index] ?? '',
    recoveryCode: codes[index] ?? '',
  }))
}

/** Runs a task for each item of a list: at a time as many as there are processors, and one more that waits. */
export async function forAll<T, R>(
  list: readonly T[],
  task: (one: T) => Promise<R>,
  told: (done: number) => void,
): Promise<R[]> {
  const results: R[] = []
  let next = 0
  let done = 0
  const work = async () => {
    while (next < list.length) {
      const index = next++
      results[index] = await task(list[index] as T)
      told(++done)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() + 1 }, work))
  return results
}
