import fc from 'fast-check'
import t from 'tap'
import {
  areInOrder,
  isUnread,
  mostGaps,
  readUpTo,
  type Span,
  type Unread,
  whenRead,
  whenUnread,
} from '../../server/chat/model/unread.ts'

const last = 100
/** A number behind all that are read or unread. */
const beyond = last + 5
const number = fc.integer({ min: 0, max: last })
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('read' as const), one: number, other: number }) },
  {
    weight: 4,
    arbitrary: fc
      .record({ one: number, long: fc.integer({ min: 0, max: 4 }) })
      .map(({ long, one }) => ({ kind: 'read' as const, one, other: Math.min(last, one + long) })),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unread' as const), one: number, other: number }) },
)

const numbers = Array.from({ length: beyond }, (_, index) => index + 1)

function spanOf(one: number, other: number): Span {
  return { after: Math.min(one, other), upTo: Math.max(one, other) }
}

/** How many stretches of numbers are not in a set. */
function stretchesOutside(shown: ReadonlySet<number>): number {
  return numbers.filter((id) => !shown.has(id) && (id === 1 || shown.has(id - 1))).length
}

t.test('what was shown is read, and nothing else', async () => {
  fc.assert(
    fc.property(number, fc.array(step, { maxLength: 40 }), (end, steps) => {
      let unread: Unread = { gaps: [], end }
      const shown = new Set(numbers.filter((id) => id <= end))
      // Where there were too many gaps, something that was shown may be unread again.
      let isExact = true
      for (const { kind, one, other } of steps) {
        if (kind === 'read') {
          const span = spanOf(one, other)
          unread = whenRead(unread, span)
          for (let id = span.after + 1; id <= span.upTo; id++) shown.add(id)
        } else {
          unread = whenUnread(unread, one)
          for (const id of numbers) if (id > one) shown.delete(id)
        }
        isExact &&= stretchesOutside(shown) <= mostGaps
        for (const id of numbers) {
          if (!shown.has(id) && !isUnread(unread, id)) return false
          if (isExact && shown.has(id) && isUnread(unread, id)) return false
        }
        const { gaps } = unread
        if (gaps.length > mostGaps || !areInOrder(gaps) || (gaps.at(-1)?.upTo ?? 0) > unread.end) return false
        const first = numbers.find((id) => isUnread(unread, id))
        if (first !== undefined && readUpTo(unread) !== first - 1) return false
      }
      return true
    }),
    { numRuns: 500 },
  )
})

t.test('a list that is read from either end, or from the middle, leaves the rest', async (t) => {
  const gap = whenRead({ gaps: [], end: 10 }, { after: 20, upTo: 30 })
  const left = (...gaps: [after: number, upTo: number][]) => ({
    gaps: gaps.map(([after, upTo]) => ({ after, upTo })),
    end: 30,
  })
  t.strictSame(gap, left([10, 20]))
  t.strictSame(whenRead(gap, { after: 10, upTo: 13 }), left([13, 20]))
  t.strictSame(whenRead(gap, { after: 17, upTo: 25 }), left([10, 17]))
  t.strictSame(whenRead(gap, { after: 12, upTo: 14 }), left([10, 12], [14, 20]))
  t.strictSame(whenRead(gap, { after: 0, upTo: 20 }), left())
  t.strictSame(whenRead(gap, { after: 15, upTo: 15 }), gap)
  t.strictSame(whenRead(gap, { after: 40, upTo: 50 }), {
    gaps: [
      { after: 10, upTo: 20 },
      { after: 30, upTo: 40 },
    ],
    end: 50,
  })
  t.strictSame(whenUnread(gap, 15), { gaps: [{ after: 10, upTo: 15 }], end: 15 })
  t.strictSame(whenUnread(gap, 5), { gaps: [], end: 5 })
  const read = { gaps: [], end: 30 }
  t.strictSame(whenUnread(read, 40), read, 'of what is still to come')
})

t.test('logins that show nothing leave one gap, not many', async (t) => {
  let unread: Unread = { gaps: [], end: 10 }
  for (const upTo of [20, 30, 40]) unread = whenRead(unread, { after: upTo, upTo })
  t.strictSame(unread, { gaps: [{ after: 10, upTo: 40 }], end: 40 })
})

t.test('of too many gaps, the two nearest become one', async (t) => {
  let unread: Unread = { gaps: [], end: 0 }
  // What is read is as long as its number, but for one stretch.
  for (let index = 1; index <= mostGaps; index++) {
    const after = index * 100
    unread = whenRead(unread, { after, upTo: after + (index === 4 ? 2 : index * 5) })
  }
  t.equal(unread.gaps.length, mostGaps)
  const before = unread
  unread = whenRead(unread, { after: 2_000, upTo: 2_001 })
  t.equal(unread.gaps.length, mostGaps)
  t.ok(isUnread(unread, 401), 'it was shown, and counts as unread again')
  t.notOk(isUnread(before, 401))
  t.notOk(isUnread(unread, 101))
  t.notOk(isUnread(unread, 2_001))
})
