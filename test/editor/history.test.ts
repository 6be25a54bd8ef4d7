import t from 'tap'
import { History, historyLimits } from '../../server/editor/history.ts'
import { Kills } from '../../server/editor/kills.ts'

function linesOf(history: History): string[] {
  return Array.from({ length: history.length }, (_, ago) => history.line(ago) ?? '?')
}

t.test('fifty lines are kept', async (t) => {
  const history = new History()
  t.equal(history.line(0), undefined)
  for (let at = 1; at <= 60; at++) history.add(`line ${at}`)
  t.equal(history.length, historyLimits.lines)
  t.equal(history.line(0), 'line 60')
  t.equal(history.line(49), 'line 11')
  t.equal(history.line(50), undefined)
})

t.test('or two kilobytes, if that is less', async (t) => {
  const history = new History()
  for (let at = 0; at < 40; at++) history.add(`${at} ${'漢'.repeat(100)}`)
  const bytes = linesOf(history).reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0)
  t.ok(bytes <= historyLimits.bytes)
  t.equal(history.length, 6)
  t.equal(history.line(5), `34 ${'漢'.repeat(100)}`)
  history.add('x'.repeat(3000))
  t.equal(history.length, 6, 'a longer line is not kept, and moves no other')
  history.add('y'.repeat(2047))
  t.equal(history.length, 1)
})

t.test('the same line again is kept once', async (t) => {
  const history = new History()
  for (const line of ['a', 'a', 'ba', 'a', '', 'a']) history.add(line)
  t.same(linesOf(history), ['a', 'ba', 'a'])
})

t.test('lines are found by a part of them', async (t) => {
  const history = new History()
  for (const line of ['tea 漢字', 'coffee', 'tea 👍']) history.add(line)
  t.equal(history.find('tea', 0), 0)
  t.equal(history.find('tea', 1), 2)
  t.equal(history.find('tea', 3), undefined)
  t.equal(history.find('字', 0), 2)
  t.equal(history.find('x', 0), undefined)
  t.equal(new History().find('', 0), undefined)
})

t.test('four deletions are kept, but not much of them', async (t) => {
  const kills = new Kills()
  t.equal(kills.take(), undefined)
  t.equal(kills.turn(), undefined)
  for (const text of ['1', '2', '3', '4', '5']) kills.add(text, undefined)
  t.same([kills.take(), kills.turn(), kills.turn(), kills.turn(), kills.turn()], ['5', '4', '3', '2', '5'])
  kills.add('<', 'ahead')
  kills.add('>', 'behind')
  t.equal(kills.take(), '<5>')
  kills.add('x'.repeat(600), undefined)
  t.same([kills.take(), kills.turn()], ['x'.repeat(600), 'x'.repeat(600)], 'the last one in any case')
})
