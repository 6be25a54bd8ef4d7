import t from 'tap'
import type { BrowserSession, Person } from '../../server/chat/model/people.ts'
import type { Reply } from '../../server/chat/model/replies.ts'
import type { Target } from '../../server/chat/talk/target.ts'
import type { Command, Context, Who } from '../../server/commands/command.ts'
import { catalogOf, commands } from '../../server/commands/index.ts'
import type { Terminal } from '../../server/commands/terminal.ts'
import { failureSamples } from '../../server/dialects/failure-samples.ts'
import { codeOf, TestListener, World } from '../support/world.ts'

const catalog = catalogOf(commands)
const server = {
  reload: async () => ({ changed: [], kept: [], certificates: false }),
  stats: () => Promise.reject(new Error('No server runs.')),
}

class QuietTerminal extends TestListener implements Terminal {
  person: Person | undefined
  target: Target | undefined
  readonly manner = { forPeople: true, typed: true, wrapped: false }
  clock: '24' | '12' = '24'
  zone = 'UTC'
  color = false
  charset: Terminal['charset'] = 'utf-8'
  readonly terminalType = undefined
  hold = false
  bell = 'off' as const
  readonly editor = { on: false, choice: 'auto' } as const
  once: string | undefined
  readonly formerly = []
  readonly visitor = undefined
  readonly pass = undefined
  browser: BrowserSession | undefined
  provenAt: number | undefined
  brief = false
  warned: Terminal['warned']
  lastSaid: number | undefined
  readonly mayTellSecrets = true
  readonly gone = new AbortController().signal

  constructor(person: Person | undefined) {
    super()
    this.person = person
  }

  async become(person: Person | undefined): Promise<number> {
    this.person = person
    return 0
  }

  async withdraw(): Promise<void> {
    this.person = undefined
  }

  async pay(): Promise<void> {}

  async payAs(): Promise<void> {}

  rest(number: number): Reply {
    throw new Error(`Asked for the rest ${number}`)
  }

  async chooseEditor(): Promise<void> {}

  ask<T>(text: string): Promise<T> {
    return Promise.reject(new Error(`Asked: ${text}`))
  }

  withPayload<T>(run: () => Promise<T>): Promise<T> {
    return run()
  }

  readRows(): Promise<void> {
    return Promise.reject(new Error('Lines are awaited'))
  }

  speak(): void {}

  talkTo(target: Target): void {
    this.target = target
  }

  mayResume(): void {}

  checkAim(): void {}

  checkNoAnswer(): void {}

  show(): void {}

  showFailure(): void {}

  leave(): void {}
}

async function contextFor(person: 'visitor' | 'guest' | 'member', world: World): Promise<Context> {
  const people = {
    visitor: () => undefined,
    guest: () => world.guest('carol'),
    member: () => world.account('anna'),
  }
  return { ...world, catalog, server, terminal: new QuietTerminal(await people[person]()) }
}

const refusals: { readonly [W in Who]: readonly (string | undefined)[] } = {
  visitor: [undefined, undefined, undefined],
  guest: ['not-logged-in', undefined, undefined],
  member: ['not-logged-in', 'not-allowed', undefined],
  operator: ['not-logged-in', 'not-allowed', 'not-allowed'],
}

/** A command may throw at once, or reject. */
async function answerOf(command: Command, context: Context, text: string): Promise<Reply> {
  return command.execute(context, text)
}

/** Where a rule of the command's own refuses too. */
const ownRules: Readonly<Record<string, readonly (string | undefined)[]>> = {
  // An account is not allowed to be a guest.
  nick: [undefined, undefined, 'not-allowed'],
  // Sign-up is open here.
  invitecode: ['not-logged-in', 'not-allowed', 'not-allowed'],
}

t.test('who may is checked before anything else', async (t) => {
  for (const command of commands) {
    const found: (string | undefined)[] = []
    for (const person of ['visitor', 'guest', 'member'] as const) {
      const context = await contextFor(person, await World.load())
      const code = await codeOf(answerOf(command, context, ''))
      found.push(code === 'not-logged-in' || code === 'not-allowed' ? code : undefined)
    }
    t.same(found, ownRules[command.name] ?? refusals[command.who], command.name)
  }
})

t.test('what a command may answer is documented', async (t) => {
  for (const { data, fails, name, usage } of commands) {
    t.match(data, /^\{.*\}( when .+)?$/, `${name}: data`)
    t.ok(usage.startsWith(`/${name}`), `${name}: usage`)
    for (const code of fails) t.ok(code in failureSamples, `${name}: ${code}`)
  }
})

t.test('commands are found by name and alias in any case, and the nearest of a typing error', async (t) => {
  t.equal(catalog.find('JOIN')?.name, 'join')
  t.equal(catalog.find('j')?.name, 'join')
  t.equal(catalog.find('?')?.name, 'help')
  t.equal(catalog.find('constructor'), undefined)
  t.equal(catalog.find(''), undefined)
  for (const [typed, meant] of [
    ['jion', 'join'],
    ['CHANELS', 'channels'],
    ['serach', 'search'],
    ['memb', 'members'],
    ['sign', 'signup'],
  ] as const)
    t.equal(catalog.nearest(typed), meant, typed)
  t.equal(catalog.nearest('xyzzy'), undefined)
})

t.test('secrets are neither asked for nor told on an open wire, where the operator minds', async (t) => {
  const world = await World.load()
  const anna = await world.account('anna')
  anna.operator = true
  const secret = commands.filter((command) => command.secret)
  t.same(secret.map(({ name }) => name).sort(), [
    'adduser',
    'deleteaccount',
    'login',
    'passwd',
    'recover',
    'session',
    'setpassword',
    'signup',
    'token',
  ])
  for (const command of commands) {
    const terminal = new QuietTerminal(command.who === 'visitor' ? undefined : anna)
    Object.assign(terminal, { mayTellSecrets: false })
    const code = await codeOf(answerOf(command, { ...world, catalog, server, terminal }, 'anna x'))
    t.equal(code === 'tls-required', command.secret === true, command.name)
  }
})
