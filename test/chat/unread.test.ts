import fc from 'fast-check'
import t from 'tap'
import {
  isUnread,
  readUpTo,
  type Span,
  type Unread,
  whenRead,
  whenUnread,
} from '../../server/chat/model/unread.ts'

const last = 30
const number = fc.integer({ min: 0, max: last })
const step = fc.oneof(
  fc.record({ kind: fc.constant('read' as const), one: number, other: number }),
  fc.record({ kind: fc.constant('unread' as const), one: number, other: number }),
)

function numbersOf(unread: Unread): number[] {
  return Array.from({ length: last + 5 }, (_, index) => index + 1).filter((id) => isUnread(unread, id))
}

function spanOf(one: number, other: number): Span {
  return { after: Math.min(one, other), upTo: Math.max(one, other) }
}

t.test('what was not read is never taken for read, and one gap is enough', async () => {
  fc.assert(
    fc.property(number, fc.array(step, { maxLength: 12 }), (end, steps) => {
      let unread: Unread = { end }
      // What is surely unread: what was so, but for what was read.
      let sure = new Set(numbersOf(unread))
      for (const { kind, one, other } of steps) {
        if (kind === 'read') {
          const span = spanOf(one, other)
          unread = whenRead(unread, span)
          sure = new Set([...sure].filter((id) => id <= span.after || id > span.upTo))
        } else {
          unread = whenUnread(unread, one)
          for (let id = one + 1; id <= last + 5; id++) sure.add(id)
        }
        const now = numbersOf(unread)
        for (const id of sure) if (!now.includes(id)) return false
        if (unread.gap && (unread.gap.after >= unread.gap.upTo || unread.gap.upTo > unread.end)) return false
        if (now[0] !== undefined && readUpTo(unread) !== now[0] - 1) return false
      }
      return true
    }),
  )
})

t.test('a list that is read from either end leaves what is between', async (t) => {
  const gap = whenRead({ end: 10 }, { after: 20, upTo: 30 })
  t.strictSame(gap, { gap: { after: 10, upTo: 20 }, end: 30 })
  t.strictSame(whenRead(gap, { after: 10, upTo: 13 }), { gap: { after: 13, upTo: 20 }, end: 30 })
  t.strictSame(whenRead(gap, { after: 17, upTo: 25 }), { gap: { after: 10, upTo: 17 }, end: 30 })
  t.strictSame(whenRead(gap, { after: 12, upTo: 14 }), gap, 'from the middle: rather twice than not at all')
  t.strictSame(whenRead(gap, { after: 0, upTo: 20 }), { end: 30 })
  t.strictSame(whenRead(gap, { after: 40, upTo: 50 }), { gap: { after: 10, upTo: 40 }, end: 50 })
  t.strictSame(whenUnread(gap, 15), { gap: { after: 10, upTo: 15 }, end: 15 })
  t.strictSame(whenUnread(gap, 5), { end: 5 })
  t.strictSame(whenUnread({ end: 30 }, 40), { end: 30 }, 'of what is still to come')
})
