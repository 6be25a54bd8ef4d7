import t from 'tap'
import { isStill } from '../../server/chat/people/access.ts'
import { Gate } from '../support/gated-store.ts'
import { MemoryStore } from '../support/memory-store.ts'
import { codeOf, openHasher, TestListener, World } from '../support/world.ts'

/** anna, who is connected, a thief who knows her password, and a script of hers. */
async function robbed(gate = new Gate()) {
  const world = await World.load({ store: gate.before(new MemoryStore()) })
  const { account: anna, recoveryCode } = await world.accounts.signUp({
    name: 'anna',
    email: undefined,
    password: 'password',
  })
  const { grant } = await world.tokens.make(anna, 'bot')
  const ears = { anna: new TestListener(), thief: new TestListener(), script: new TestListener(grant) }
  for (const ear of Object.values(ears)) world.presence.arrive(anna, ear)
  const tea = await world.creating.create(anna, '#tea', true)
  return { world, anna, recoveryCode, ears, tea, gate }
}

const closed = (ears: Record<string, TestListener>) =>
  Object.keys(ears).filter((name) => (ears[name]?.closedFor ?? ears[name]?.dismissedFor) !== undefined)

/** Each change of how one gets in, and who is out then. */
const changes: Record<
  string,
  {
    happens: (scene: Awaited<ReturnType<typeof robbed>>) => Promise<unknown>
    out: string[]
    tokens: string[]
  }
> = {
  'the owner changes the password': {
    async happens({ world, anna, ears }) {
      const access = await world.logins.prove(anna, 'password')
      const ended = await world.passwords.set(anna, 'another password', access, ears.anna)
      t.same(ended, { connections: 1, tokens: ['bot'] })
    },
    out: ['thief'],
    tokens: ['bot'],
  },
  'the owner recovers the account': {
    async happens({ world, recoveryCode }) {
      const { ended } = await world.passwords.recover(
        'anna',
        recoveryCode,
        'another password',
        new TestListener(),
      )
      t.same(ended, { connections: 3, tokens: ['bot'] })
    },
    out: ['anna', 'thief', 'script'],
    tokens: [],
  },
  'the owner recovers it while logged in': {
    happens: ({ world, ears, recoveryCode }) =>
      world.passwords.recover('anna', recoveryCode, 'another password', ears.anna),
    out: ['thief', 'script'],
    tokens: [],
  },
  'an operator sets a password': {
    happens: ({ world, anna }) => world.passwords.setInitial(anna, 'another password'),
    out: ['anna', 'thief', 'script'],
    tokens: [],
  },
  'an operator deletes the account': {
    happens: ({ world, anna }) => world.deletion.delete(anna),
    out: ['anna', 'thief', 'script'],
    tokens: [],
  },
  'the owner deletes the account': {
    happens: ({ world, anna, ears }) => world.deletion.delete(anna, 'keep', { via: ears.anna }),
    out: ['thief', 'script'],
    tokens: [],
  },
  'an operator erases the account': {
    happens: ({ world, anna }) => world.forgetting.erase(anna),
    out: ['anna', 'thief', 'script'],
    tokens: [],
  },
  'an operator ends the connections': {
    happens: async ({ world, anna }) => world.access.end(anna, { why: 'killed' }),
    out: ['anna', 'thief', 'script'],
    tokens: ['bot'],
  },
  'a token is revoked': {
    happens: ({ world, anna }) => world.tokens.revoke(anna, 'bot'),
    out: ['script'],
    tokens: [],
  },
}

for (const [what, { happens, out, tokens }] of Object.entries(changes)) {
  t.test(`${what}: who is out`, async (t) => {
    const scene = await robbed()
    await happens(scene)
    t.same(closed(scene.ears), out)
    t.same(await scene.world.tokens.names(scene.anna), tokens)
  })
}

for (const what of ['the owner changes the password', 'the owner recovers the account'] as const) {
  t.test(`${what}: tickets, uploads and tokens of files that the thief has are good no more`, async (t) => {
    const scene = await robbed()
    const { world, anna, tea } = scene
    const sent = await world.tickets.offer(anna, tea, 'sent')
    const upload = await world.uploads.begin(sent.token, { size: 2, offset: 0 })
    await upload.write(Buffer.from('hi'))
    const { get, id } = await upload.finish()
    const mine = await world.fileTokens.tokenFor(anna, id)
    const waiting = await world.tickets.offer(anna, tea, 'waiting')
    const running = await world.tickets.offer(anna, tea, 'running')
    const thiefs = await world.uploads.begin(running.token, { size: 10, offset: 0 })
    await thiefs.write(Buffer.from('half'))
    await changes[what]?.happens(scene)
    t.equal(await codeOf(world.uploads.begin(waiting.token, { size: 1, offset: 0 })), 'bad-ticket')
    t.equal(await codeOf(thiefs.write(Buffer.from('more'))), 'bad-ticket')
    for (const token of [mine.token, get]) t.throws(() => world.fileTokens.download(token))
    t.same(world.tickets.uploads(anna), [])
    t.equal(world.files.list(anna, undefined).length, 1, 'what was sent is there')
    const again = await World.load({ store: world.store })
    t.equal(await codeOf(again.uploads.begin(waiting.token, { size: 1, offset: 0 })), 'bad-ticket')
  })
}

t.test(
  'what a script has under way goes on when the owner changes the password, not when its token ends',
  async (t) => {
    const scene = await robbed()
    const { world, anna, ears, tea } = scene
    const { token } = await world.tickets.offer(anna, tea, 'of the script', ears.script.grant)
    await changes['the owner changes the password']?.happens(scene)
    t.equal(world.tickets.find(token).name, 'of the script')
    await world.tokens.revoke(anna, 'bot')
    t.throws(() => world.tickets.find(token))
  },
)

t.test('what was checked before a change is good no more behind it', async (t) => {
  const scene = await robbed()
  const { world, anna, recoveryCode } = scene
  const login = await world.logins.logIn('anna', 'password')
  t.ok(isStill(anna, login.access))
  const proved = await world.logins.prove(anna, 'password')
  await world.passwords.recover('anna', recoveryCode, 'another password')
  t.notOk(isStill(anna, login.access), 'a login that has yet to come in')
  t.equal(await codeOf(world.passwords.set(anna, 'the thief was here', proved)), 'bad-login')
  t.equal(await codeOf(world.logins.logIn('anna', 'another password')), undefined)
})

t.test('a change while a password is looked at', async (t) => {
  const { world, anna, recoveryCode, gate, tea } = await robbed()
  gate.close()
  const thief = [
    codeOf(world.logins.logIn('anna', 'password')),
    codeOf(world.logins.prove(anna, 'password')),
    codeOf(world.tokens.make(anna, 'thiefs')),
    codeOf(world.tickets.offer(anna, tea, 'a')),
  ]
  const owner = world.passwords.recover('anna', recoveryCode, 'another password')
  await Promise.resolve()
  gate.open()
  await owner
  for (const code of await Promise.all(thief))
    t.ok([undefined, 'bad-login', 'cancelled'].includes(code), String(code))
  t.same(await world.tokens.names(anna), [], 'no token of the thief is left')
  t.same(world.tickets.uploads(anna), [], 'and no ticket')
})

t.test('two change the password at once, both by the one before: one of them does', async (t) => {
  const slow = { ...openHasher, hash: async (text: string) => `hash of ${text}` }
  const world = await World.load({ hasher: slow })
  const anna = await world.account('anna')
  const { access } = await world.logins.logIn('anna', 'password')
  const codes = await Promise.all([
    codeOf(world.passwords.set(anna, 'one password', access)),
    codeOf(world.passwords.set(anna, 'other password', access)),
  ])
  t.same(codes, [undefined, 'bad-login'])
  t.equal(await codeOf(world.logins.logIn('anna', 'one password')), undefined)
})
