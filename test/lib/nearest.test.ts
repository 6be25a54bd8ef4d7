import fc from 'fast-check'
import t from 'tap'
import { nearest } from '../../server/lib/nearest.ts'

const commands = 'help signup login logout nick me msg m members join leave list chat channels contact'.split(
  ' ',
)

t.test('typing mistakes', async (t) => {
  const cases: [typed: string, meant: string | undefined][] = [
    ['jion', 'join'],
    ['lsit', 'list'],
    ['hlep', 'help'],
    ['lgin', 'login'],
    ['chanelss', 'channels'],
    ['joinn', 'join'],
    ['JOIN', 'join'],
    ['Jion', 'join'],
    ['leavr', 'leave'],
    ['xyzzy', undefined],
    ['hrlq', undefined],
    ['x', undefined],
    ['', undefined],
  ]
  for (const [typed, meant] of cases) t.equal(nearest(typed, commands), meant, typed)
})

t.test('a beginning counts, however much is missing', async (t) => {
  t.equal(nearest('mem', commands), 'members', 'and more than the typo that makes it "me"')
  t.equal(nearest('sig', commands), 'signup')
  t.equal(nearest('log', commands), 'login', 'the shorter one')
  t.equal(nearest('contac', commands), 'contact')
  t.equal(nearest('s', commands), undefined, 'one letter is no beginning')
})

t.test('an exact name beats a beginning', async (t) => {
  t.equal(nearest('me', commands), 'me')
  t.equal(nearest('MSG', commands), 'msg')
})

t.test('among equals the first one wins', async (t) => {
  t.equal(nearest('cat', ['bat', 'hat']), 'bat')
  t.equal(nearest('cat', ['hat', 'bat']), 'hat')
  t.equal(nearest('cha', ['chat', 'char']), 'chat')
})

t.test('the longer the word, the more typos', async (t) => {
  t.equal(nearest('conections', ['connections']), 'connections')
  t.equal(nearest('sendQeueByte', ['sendQueueBytes']), 'sendQueueBytes')
  t.equal(nearest('abcdefghijklmnop', ['abcdefghijkl']), undefined, 'four are too many')
  t.equal(nearest('joyn', ['jxyz']), undefined)
})

t.test('no candidates', async (t) => {
  t.equal(nearest('join', []), undefined)
  t.equal(nearest('join', new Set(['join'])), 'join')
})

t.test('a line of junk is no work', async (t) => {
  t.equal(nearest('a'.repeat(100_000), commands), undefined)
})

t.test('any one mistake in a word of four letters or more is found', async () => {
  const word = fc.string({
    unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'),
    minLength: 4,
    maxLength: 20,
  })
  const mistake = fc.constantFrom('drop', 'double', 'swap', 'replace')
  fc.assert(
    fc.property(word, fc.nat(), mistake, (meant, place, how) => {
      const at = place % (meant.length - 1)
      const [before, one, two, after] = [meant.slice(0, at), meant[at], meant[at + 1], meant.slice(at + 2)]
      const made = { drop: two, double: `${one}${one}${two}`, swap: `${two}${one}`, replace: `-${two}` }[how]
      return nearest(`${before}${made}${after}`, ['####', meant, '########']) === meant
    }),
  )
})
