import fc from 'fast-check'
import t from 'tap'
import { accountFrom } from '../../server/chat/people/account-from.ts'
import { namesIn } from '../../server/chat/talk/mentions.ts'
import { Naming } from '../../server/chat/talk/naming.ts'
import { codeOf, TestListener, World } from '../support/world.ts'

/** An account of an earlier version, whose name would not be taken any more. */
function oldAccount(world: World, name: string) {
  const account = accountFrom({
    ...{ id: 99, name, operator: false, since: 0, email: undefined, settings: {}, seen: 0, seenAt: 0 },
    ...{ watch: false, initialPassword: false },
  })
  world.directory.add(account)
  return account
}

t.test('who is named by a text', async (t) => {
  const world = await World.load()
  const naming = new Naming(world)
  const anna = await world.account('anna')
  const tea = await world.join(anna, '#tea')
  for (const name of ['bob', 'ren', 'bob.smith', 'anna-lena', 'x2', 'a.b.c'])
    await world.join(await world.account(name), '#tea')
  await world.account('bob.smith.elsewhere')
  await world.join(world.guest('gus'), '#tea')
  const cases: readonly (readonly [string, ...string[]])[] = [
    ['Thank you, @bob.', 'bob'],
    ['@bob... @bob!', 'bob'],
    ['(@bob) "@ren", *@x2*', 'bob', 'ren', 'x2'],
    ['@Bob: look', 'bob'],
    ['_@bob_', 'bob'],
    ["@bob's tea, @ren’s", 'bob', 'ren'],
    ['see @bob\n@ren', 'bob', 'ren'],
    ['👍@bob ❤️@ren', 'bob', 'ren'],
    ['@bob👍', 'bob'],
    ['@bob, @ren/@x2', 'bob', 'ren', 'x2'],
    ['.@bob', 'bob'],
    ['@bob.smith', 'bob.smith'],
    ['@bob.smith.', 'bob.smith'],
    ['@bob.smith.elsewhere'],
    ['@bob.miller', 'bob'],
    ['@bob-miller', 'bob'],
    ['@anna-lena-', 'anna-lena'],
    ['@a.b.c @a.b.c.', 'a.b.c'],
    ['@gus @~gus. @~gus:', '~gus'],
    ['@bobby @bob1 @bob_1', 'bob'],
    ['@René @renе @Ren\u0301 @ren東 @ren٣'],
    ['@bob@example.org @bob@example.org.'],
    ['@bob.bsky.social'],
    ['bob@ren bob.@ren bob-@ren é@ren e\u0301@ren'],
    ['https://example.org/@bob/ https://example.org/@bob'],
    ['HTTP://localhost/@bob?x=@ren mailto://@bob'],
    ['www.example.org/@bob, example.org/@bob (example.org:80/@bob) localhost:80/@bob'],
    ['[@bob](https://example.org/@ren)', 'bob'],
    [`@${'b'.repeat(30)} @ @. @@bob`, 'bob'],
  ]
  for (const [text, ...named] of cases)
    t.same(
      naming.named(tea, anna, text).map(({ name }) => name),
      named,
      text,
    )
  t.same(
    naming.named(tea, anna, '@anna @anna-lena').map(({ name }) => name),
    ['anna-lena'],
    'not oneself',
  )
})

t.test('an old name that ends in a full stop takes nothing from bob', async (t) => {
  const world = await World.load()
  const naming = new Naming(world)
  const [anna, bob] = [await world.account('anna'), await world.account('bob')]
  const tea = await world.join(anna, '#tea')
  const old = oldAccount(world, 'bob.')
  await world.joining.join(old, '#tea')
  t.same(naming.named(tea, anna, 'Thank you, @bob.'), [old], 'bob is not there')
  await world.join(bob, '#tea')
  t.same(naming.named(tea, anna, 'Thank you, @bob.'), [old, bob])
  t.same(naming.named(tea, anna, 'Thank you, @bob!'), [bob])
  t.equal(world.talk.target(anna, 'bob.'), old)
  t.equal(world.talk.target(anna, 'bob:'), bob)
})

t.test('names that run into punctuation, where they are typed', async (t) => {
  const world = await World.load()
  const ear = new TestListener()
  const anna = await world.account('anna')
  const bob = await world.account('bob', ear)
  const tea = await world.join(anna, '#tea')
  for (const name of ['bob:', 'bob,', '@bob:', 'bob.', 'Bob!', 'bob…', '#2:'])
    t.equal(world.talk.target(anna, name), bob, name)
  for (const name of ['#tea.', '#tea:', '#Tea,', '#tea…']) t.equal(world.talk.target(anna, name), tea, name)
  t.equal((await world.joining.join(bob, '#tea.')).channel, tea)
  t.equal(await codeOf(world.joining.join(bob, '#new.')), 'bad-name')
  t.equal(await codeOf(world.creating.create(bob, '#new-', false)), 'bad-name')
  for (const name of ['bob.', 'carol-', 'carol_', 'carol..'])
    t.equal(await codeOf(world.account(name)), 'bad-name', name)
  t.equal(await codeOf((async () => world.guest('gus.'))()), 'bad-name')
  await world.creating.create(anna, '#den', true)
  const guest = world.guest('gus')
  t.equal(await codeOf(world.joining.join(guest, '#den.')), await codeOf(world.joining.join(guest, '#dem.')))
})

t.test('whatever is said, what is found stands behind an @ and ends where a word does', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'@~ab1._-é\u0301/: \n'), maxLength: 60 }), (text) => {
      for (const names of namesIn(text))
        for (const name of names)
          if (!new RegExp(`@${name.replaceAll('.', '\\.')}(?![\\p{L}\\p{N}\\p{M}])`, 'u').test(text))
            return false
      return true
    }),
    { numRuns: 2_000 },
  )
  t.end()
})

t.test('the longest texts full of signs are looked at to their end', (t) => {
  for (const part of ['@ab', '@', '@a.', '@a.b/', '.-_+@ab', 'a.b'])
    t.same([...namesIn(`${part.repeat(65_536 / part.length)} @bob`)].at(-1), ['bob'], part)
  t.end()
})
