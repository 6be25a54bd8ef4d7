import { copyFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { appliedMigrations } from '../../server/store/migrations/index.ts'
import { connect } from '../../server/store/sqlite/connect.ts'
import { type MessageFields, Talker } from '../process/talker.ts'
import { Crowd } from './crowd.ts'
import { firstReleaseData, firstSchema, passwords, recoveryCode, token } from './first-release.ts'
import { complaints, Premises, type Running } from './premises.ts'

t.setTimeout(280_000)

const copyName = 'partyline.db.before-0003-groups'
const settings = 'accounts: {bcryptCost: 4}\nlimits: {messagesPerSecond: 50, burst: 100}\n'

/** What the database knows of ended in March: nothing tells a server that stood still from a clock that has jumped. */
const stoodStill = /"msg":"clock has jumped ahead, nothing is removed for its age"/

t.test("the first release's database is taken over, and there is a way back", async (t) => {
  const premises = new Premises(t)
  premises.configure(settings)
  const said = await firstReleaseData(premises.data)
  const first = await begin(t, premises, said)
  const copy = join(premises.data, copyName)
  t.match(first.server.stdout.text, '"msg":"database is updated; it was copied before"')
  await lookAround(t, first.crowd, said)
  await useOldSecrets(t, first)
  await end(t, first, [/"msg":"others could read what the server keeps; now they cannot"/, stoodStill])
  const held = await contentOf(copy)
  t.strictSame(held.schema, firstSchema, 'the copy is as the first release has left it')
  t.equal(held.messages.length, 1001)

  copyFileSync(copy, join(premises.data, 'partyline.db'))
  const second = await begin(t, premises, said)
  await t.rejects(second.crowd.enter('anna', 'annas-new-password'), /"bad-login"/, 'as it was before')
  await second.crowd.hush()
  await second.crowd.checkHistories(t)
  second.crowd.talk()
  await end(t, second, [stoodStill, /"msg":"login failed"/])
  t.strictSame(
    readdirSync(premises.data),
    ['files', 'partyline.db', copyName, 'partyline.lock'],
    'one copy is enough',
  )
  t.strictSame(await contentOf(copy), held)
})

interface Begun {
  readonly server: Running
  readonly crowd: Crowd
}

/** Starts the server; everybody comes with their password of old, and talks. */
async function begin(t: Test, premises: Premises, said: readonly MessageFields[]): Promise<Begun> {
  const server = await premises.start()
  const crowd = new Crowd(t)
  crowd.open(server.port)
  for (const message of said) {
    crowd.ledger.show(message, 'said to the first release')
    crowd.ledger.said.add(message.text)
  }
  t.match(await crowd.enter('anna', passwords.anna), { operator: true, email: 'anna@example.org' })
  await crowd.enter('bob', passwords.bob)
  const { waiting } = await crowd.enter('cleo', passwords.cleo)
  const waited = said.filter(({ id, to }) => to === 'cleo' && id > 900).map(({ id }) => id)
  t.strictSame(
    (waiting as { messages: MessageFields[] }).messages.map(({ id }) => id),
    waited,
    'what waited still does',
  )
  crowd.talk()
  await crowd.more(10)
  return { server, crowd }
}

/** Everything that the first release knew, seen from inside. */
async function lookAround(t: Test, crowd: Crowd, said: readonly MessageFields[]): Promise<void> {
  const { talker: bob } = crowd.person('bob')
  const { channels } = await bob.data('/channels')
  t.strictSame(channels, [
    { name: '#lobby', private: false, members: 3, topic: '', joined: true },
    { name: '#board', private: true, members: 2, topic: '', joined: true },
    { name: '#Tea', private: false, members: 2, topic: 'green or black', joined: true },
  ])
  t.match(await bob.data('/members #tea'), { members: [{ name: 'bob', role: 'admin' }, { name: 'cleo' }] })
  const inLobby = said.filter(({ channel }) => channel === '#lobby')
  for (const { id, text } of [inLobby[0], inLobby.at(-1)] as MessageFields[])
    t.match(
      await bob.data(`/search ${text.split(' ')[0]}`),
      { messages: [{ id }] },
      'also what was not indexed',
    )
  t.match(await bob.ask('/whois dan'), { error: { code: 'no-such-user' } })
}

/**
 * The token and the recovery code, which the first release has told. Whoever recovers an account ends what got in before:
 * its owner comes back with the new password.
 */
async function useOldSecrets(t: Test, { crowd, server: { port } }: Begun): Promise<void> {
  const script = new Talker(t, port)
  t.match(await script.data(`/login bob ${token}`), { name: 'bob', token: { name: 'cron', scope: 'all' } })
  const forgetful = new Talker(t, port)
  const fresh = 'annas-new-password'
  await crowd.hush()
  crowd.checkHeard(t)
  t.match(await forgetful.data(`/recover anna ${recoveryCode}`, fresh, fresh), { name: 'anna' })
  await crowd.person('anna').talker.closed
  await crowd.enter('anna', fresh)
  crowd.talk()
}

/** Nobody has missed anything; and the server stops while they talk. */
async function end(t: Test, { crowd, server }: Begun, logged: readonly RegExp[] = []): Promise<void> {
  await crowd.more(10)
  await crowd.hush()
  crowd.checkHeard(t)
  await crowd.checkHistories(t)
  crowd.talk()
  await crowd.more(5)
  crowd.breakOff()
  server.child.kill('SIGTERM')
  t.strictSame(await server.exit, { code: 0, signal: null })
  await crowd.gone()
  const complained = complaints(server)
  t.equal(complained.length, logged.length, complained.join())
  t.match(complained, logged)
}

async function contentOf(file: string) {
  const { reader, writer } = connect({ file, synchronous: 'off' })
  try {
    return { schema: await appliedMigrations(writer), messages: await writer('messages').orderBy('id') }
  } finally {
    await Promise.all([reader.destroy(), writer.destroy()])
  }
}
