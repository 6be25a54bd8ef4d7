import fc from 'fast-check'
import t from 'tap'
import { checkFileName } from '../../server/chat/files/file.ts'
import type { Account } from '../../server/chat/model/people.ts'
import type { Target } from '../../server/chat/talk/target.ts'
import { cleanText, isBlank } from '../../server/lib/clean.ts'
import { codeOf, thrownCode } from '../support/world.ts'
import { broken, fileScene, got, idsOf, type Scene, sent } from './file-scene.ts'

t.test('names that a file may have', async (t) => {
  const good = [
    'a',
    'report.pdf',
    '...',
    '.bashrc',
    '-rf',
    'con',
    'aux.txt',
    'C:',
    'a\\b',
    '..\\..\\windows',
    '$(touch x)',
    "it's",
    'x'.repeat(128),
    'ü'.repeat(64),
    '👍'.repeat(32),
    'a b',
    `a${' '.repeat(8)}b`,
    '👨‍👩‍👧.png',
  ]
  for (const name of good) t.equal(checkFileName(name), name, JSON.stringify(name))
})

t.test('names that it may not have', async (t) => {
  const { world, anna, tea, store } = await fileScene()
  const bad = [
    '',
    '.',
    '..',
    '/',
    'a/b',
    '../../etc/passwd',
    '/etc/passwd',
    'a/',
    'x'.repeat(129),
    'ü'.repeat(65),
    `x${'ü'.repeat(64)}`,
    'a\nb',
    'a\rb',
    '\n',
    'a\tb',
    'a\u0000b',
    'a\u001b[2J',
    'a\u007f',
    'a\u009b2J',
    ' ',
    '\u3000',
    '\u2800',
    '\u200b',
    'invoice\u202efdp.exe',
    'a\u2060b',
    `a${' '.repeat(60)}[18:00]`,
    `a${'\u00a0'.repeat(9)}b`,
  ]
  for (const name of bad)
    t.equal(await codeOf(world.tickets.offer(anna, tea, name)), 'bad-file-name', JSON.stringify(name))
  t.same((await store.loadFiles()).files, [])
  t.same(world.tickets.uploads(anna), [])
})

t.test('a name is good by its bytes, whatever they are', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 140 }), (name) => {
        const code = thrownCode(() => checkFileName(name))
        const bytes = Buffer.from(name)
        const isPlain = name === cleanText(name) && !isBlank(name) && !/[\s\u2800]{9}/.test(name)
        const good =
          bytes.length >= 1 &&
          bytes.length <= 128 &&
          !bytes.includes(0x2f) &&
          isPlain &&
          !/^\.\.?$/.test(name)
        return code === (good ? undefined : 'bad-file-name')
      }),
      { numRuns: 1000 },
    ),
  )
})

t.test('the name never reaches the vault', async (t) => {
  const { world, anna, tea, vault } = await fileScene()
  await sent(world, anna, tea, '..\\..\\evil')
  await broken(world, anna, tea, 9, 'hello')
  for (const blob of [...vault.whole.keys(), ...vault.parts.keys()]) t.match(blob, /^[0-9A-Z]{32}$/)
  t.equal(vault.whole.size + vault.parts.size, 2)
})

t.test('who may send where', async (t) => {
  const { world, anna, bob, dave, root, tea } = await fileScene()
  const guest = world.guest('eve')
  const codes = async (from: Account, to: Target) => codeOf(world.tickets.offer(from, to, 'a'))
  t.equal(await codes(anna, tea), undefined)
  t.equal(await codes(anna, root), undefined, 'somebody offline')
  t.equal(await codes(dave, tea), 'not-a-member')
  t.equal(await codes(anna, guest), 'not-allowed')
  await world.restraining.mute(anna, tea, 'bob')
  t.equal(await codes(bob, tea), 'muted')
  await world.deletion.delete(dave)
  t.equal(await codes(anna, dave), 'no-such-user')
})

t.test('what is listed, of what, and to whom', async (t) => {
  const { world, anna, bob, carol, dave, root, tea } = await fileScene()
  const eve = world.guest('eve')
  await world.join(eve, '#tea')
  const inTea = (await sent(world, anna, tea)).id
  const toBob = (await sent(world, anna, bob)).id
  const toAnna = (await sent(world, bob, anna)).id
  const byCarol = (await sent(world, carol, bob)).id
  await world.tickets.offer(anna, tea, 'only a ticket')
  t.same(idsOf(world, anna), [inTea, toBob, toAnna])
  t.same(idsOf(world, bob), [inTea, toBob, toAnna, byCarol])
  t.same(idsOf(world, bob, tea), [inTea])
  t.same(idsOf(world, bob, anna), [toBob, toAnna])
  t.same(idsOf(world, bob, carol), [byCarol])
  t.same(idsOf(world, carol), [inTea, byCarol])
  t.same(idsOf(world, carol, anna), [])
  for (const one of [dave, root]) t.same(idsOf(world, one), [], 'nothing is for them')
  t.same(idsOf(world, eve), [inTea])
  t.same(world.tickets.uploads(eve), [])
  t.same(
    world.tickets.uploads(anna).map(({ name }) => name),
    ['only a ticket'],
  )
  t.same(world.tickets.uploads(bob), [], 'tickets are shown to who has them')
})

t.test('a private channel tells outsiders nothing', async (t) => {
  const { world, anna, bob, dave, root, tea } = await fileScene({ secret: true })
  const { id } = await sent(world, anna, tea)
  const eve = world.guest('eve')
  for (const one of [dave, root, eve]) {
    t.same(world.files.list(one, undefined), [], one.name)
    t.same(world.files.list(one, tea), [], one.name)
    t.equal(await codeOf(world.fileTokens.tokenFor(one, id)), 'no-such-file', one.name)
  }
  t.equal(await codeOf(world.files.delete(dave, id)), 'no-such-file', 'not that there is one')
  t.same(idsOf(world, bob, tea), [id])
  await world.leaving.leave(bob, tea)
  t.same(idsOf(world, bob), [])
  t.equal(await codeOf(world.fileTokens.tokenFor(bob, id)), 'no-such-file')
  await world.leaving.leave(anna, tea)
  t.same(idsOf(world, anna), [], 'nor does it tell the sender who left')
})

/** Who tries to delete what anna sent to #tea, and what they are told. */
const deleting: readonly (readonly [
  keyof Scene & ('anna' | 'bob' | 'carol' | 'dave' | 'root'),
  string | undefined,
])[] = [
  ['anna', undefined],
  ['bob', 'not-allowed'],
  ['carol', 'not-allowed'],
  ['dave', 'no-such-file'],
  ['root', undefined],
]

for (const [who, code] of deleting) {
  t.test(`${who} deletes a file`, async (t) => {
    const scene = await fileScene()
    const { world, anna, bob, tea, vault, store } = scene
    const { get, id } = await sent(world, anna, tea)
    const personal = await world.fileTokens.tokenFor(bob, id)
    t.equal(await codeOf(world.files.delete(scene[who], id)), code)
    if (code !== undefined) {
      t.equal(await got(world, get), 'hello')
      t.equal(vault.whole.size, 1)
      return
    }
    t.same(idsOf(world, bob), [])
    for (const token of [get, personal.token])
      t.equal(
        thrownCode(() => world.fileTokens.download(token)),
        'bad-ticket',
      )
    t.equal(vault.whole.size, 0)
    t.same(await store.loadFiles(), { files: [], tokens: [] })
    t.equal(await codeOf(world.files.delete(scene[who], id)), 'no-such-file', 'a second time')
  })
}

t.test('the admin deletes what others sent; a moderator does not; who received it does not', async (t) => {
  const { world, anna, bob, carol, tea } = await fileScene()
  const { id } = await sent(world, carol, tea)
  t.equal(await codeOf(world.files.delete(bob, id)), 'not-allowed')
  t.equal(await codeOf(world.files.delete(anna, id)), undefined)
  const direct = await sent(world, carol, bob)
  t.equal(await codeOf(world.files.delete(anna, direct.id)), 'no-such-file')
  t.equal(await codeOf(world.files.delete(bob, direct.id)), 'not-allowed')
  t.equal(await codeOf(world.files.delete(carol, direct.id)), undefined)
})

t.test('a ticket is withdrawn by who has it and by operators; nobody else knows it', async (t) => {
  const { world, anna, bob, carol, root, tea, vault } = await fileScene()
  const ticket = await broken(world, carol, tea, 9, 'hello')
  for (const one of [anna, bob])
    t.equal(await codeOf(world.files.delete(one, ticket.file.id)), 'no-such-file')
  t.equal(await codeOf(world.files.delete(root, ticket.file.id)), undefined)
  t.equal(vault.parts.size, 0)
  const other = await world.tickets.offer(carol, tea, 'a')
  t.equal(await codeOf(world.files.delete(carol, other.file.id)), undefined)
  t.equal(await codeOf(world.uploads.begin(other.token, { size: 1, offset: 0 })), 'bad-ticket')
})

t.test('what cannot be deleted in the store stays', async (t) => {
  const { world, anna, tea, store, vault } = await fileScene()
  const { get, id } = await sent(world, anna, tea)
  store.failing = true
  t.equal(await codeOf(world.files.delete(anna, id)), 'StoreUnavailable')
  t.equal(await got(world, get), 'hello')
  t.equal(vault.whole.size, 1)
})

t.test('with its channel a file is gone', async (t) => {
  const { world, anna, bob, carol, dave, tea, vault, store } = await fileScene()
  const { get, id } = await sent(world, anna, tea)
  await broken(world, anna, tea, 9, 'hello')
  const direct = await sent(world, anna, bob)
  const personal = await world.fileTokens.tokenFor(bob, id)
  for (const one of [anna, bob, carol]) await world.leaving.leave(one, tea, { sure: true })
  for (const token of [get, personal.token])
    t.equal(
      thrownCode(() => world.fileTokens.download(token)),
      'bad-ticket',
    )
  t.same(idsOf(world, anna), [direct.id])
  t.same(world.tickets.uploads(anna), [])
  t.equal(vault.whole.size + vault.parts.size, 1)
  t.match(await store.loadFiles(), { files: [{ id: direct.id }], tokens: [] })
  await world.creating.create(dave, '#tea', false)
  t.same(idsOf(world, dave), [], 'another one of that name has none of it')
})
