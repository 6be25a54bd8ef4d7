import t from 'tap'
import {
  type Args,
  channelName,
  choice,
  count,
  optional,
  parseArgs,
  readTarget,
  rest,
  target,
  usageOf,
  word,
  words,
} from '../../server/commands/args.ts'
import { thrownCode } from '../support/world.ts'

function parse(args: Args, text: string): unknown {
  return parseArgs(args, text, '/x')
}

t.test('arguments are words, and the last takes the rest', async (t) => {
  const args = { to: word('TO'), text: rest('TEXT') }
  t.same(parse(args, 'bob hello  there '), { to: 'bob', text: 'hello  there ' })
  t.same(parse(args, '   bob    hello'), { to: 'bob', text: 'hello' })
  t.same(parse({ words: words('WORDS') }, ' a  b '), { words: ['a', 'b'] })
})

t.test('what is missing or too much', async (t) => {
  const args = { to: word('TO'), text: rest('TEXT') }
  for (const text of ['', '   ', 'bob', 'bob  '])
    t.equal(
      thrownCode(() => parse(args, text)),
      'bad-arguments',
      text,
    )
  t.equal(
    thrownCode(() => parse({ to: word('TO') }, 'bob and carol')),
    'bad-arguments',
  )
  t.equal(
    thrownCode(() => parse({}, 'x')),
    'bad-arguments',
  )
  t.same(parse({}, '  '), {})
})

t.test('an optional argument that does not fit leaves its place to the next', async (t) => {
  const args = { channel: optional(channelName), text: optional(rest('TEXT')) }
  t.same(parse(args, ''), { channel: undefined, text: undefined })
  t.same(parse(args, '#tea'), { channel: '#tea', text: undefined })
  t.same(parse(args, '#tea a topic'), { channel: '#tea', text: 'a topic' })
  t.same(parse(args, 'a topic'), { channel: undefined, text: 'a topic' })
})

t.test('the name of deleted accounts is two words where one reads', async (t) => {
  const args = { of: optional(readTarget), lines: optional(count('N', 9)) }
  for (const text of ['deleted user 3', ' Deleted   USER  3', 'deleted\u200Buser 3'])
    t.same(parse(args, text), { of: 'deleted user', lines: 3 }, JSON.stringify(text))
  t.same(parse(args, 'deleted user'), { of: 'deleted user', lines: undefined })
  for (const text of ['deleted user #7', ' Deleted  USER\u00a0#7 ', '@deleted user #7'])
    t.same(parse(args, text), { of: '#7', lines: undefined }, 'one of them has a number')
  t.same(parse(args, 'deleted user #7 3'), { of: '#7', lines: 3 })
  t.same(parse(args, 'deleted user 7'), { of: 'deleted user', lines: 7 })
  const said = { to: target, text: rest('TEXT') }
  t.same(parse(said, 'deleted user #7 is gone'), { to: '#7', text: 'is gone' })
  t.same(parse(said, 'deleted user 7'), { to: 'deleted', text: 'user 7' })
  t.same(parse(args, 'deleted 3'), { of: 'deleted', lines: 3 }, 'somebody may be called so')
  for (const text of ['deleted users', 'deleted 3 user', 'undeleted user'])
    t.equal(
      thrownCode(() => parse(args, text)),
      'bad-arguments',
      text,
    )
})

t.test('choices in any case, and numbers within limits', async (t) => {
  t.same(parse({ state: choice('on', 'off') }, 'ON'), { state: 'on' })
  t.equal(
    thrownCode(() => parse({ state: choice('on', 'off') }, 'maybe')),
    'bad-arguments',
  )
  t.same(parse({ lines: count('N', 500) }, '500'), { lines: 500 })
  for (const text of ['0', '501', '-1', '1.5', '1e2', 'many', '9'.repeat(20)])
    t.equal(
      thrownCode(() => parse({ lines: count('N', 500) }, text)),
      'bad-arguments',
      text,
    )
})

t.test('usage lines', async (t) => {
  t.equal(usageOf('x', {}), '/x')
  t.equal(usageOf('x', { to: word('TO'), text: optional(rest('TEXT')) }), '/x TO [TEXT]')
  t.equal(usageOf('x', { state: choice('on', 'off') }), '/x on|off')
})
