/** Numbers of messages: those above `after`, up to `upTo`. */
export interface Span {
  readonly after: number
  readonly upTo: number
}

/**
 * The unread messages of a place: those in the gaps, which no terminal has shown, and those above `end`. The gaps are in order,
 * none of them is empty or touches the next one, and none goes beyond `end`.
 */
export interface Unread {
  readonly gaps: readonly Span[]
  readonly end: number
}

/** A place keeps no more gaps than this. */
export const mostGaps = 10

/** Up to which number every message is read. */
export function readUpTo({ gaps, end }: Unread): number {
  return gaps[0]?.after ?? end
}

export function isUnread({ gaps, end }: Unread, id: number): boolean {
  return id > end || gaps.some(({ after, upTo }) => id > after && id <= upTo)
}

/** Whether gaps are as `Unread` has them. */
export function areInOrder(gaps: readonly Span[]): boolean {
  return gaps.every(({ after, upTo }, at) => after < upTo && after > (gaps[at - 1]?.upTo ?? -1))
}

/** The same after these messages were read. */
export function whenRead({ gaps, end }: Unread, read: Span): Unread {
  const skipped = read.after > end ? [{ after: end, upTo: read.after }] : []
  return {
    gaps: fewer([...gaps.flatMap((gap) => without(gap, read)), ...skipped]),
    end: Math.max(end, read.upTo),
  }
}

/** The same after all messages above this number became unread again. */
export function whenUnread({ gaps, end }: Unread, after: number): Unread {
  const from = Math.min(end, after)
  return { gaps: gaps.flatMap((gap) => without(gap, { after: from, upTo: gap.upTo })), end: from }
}

/** What is left of a gap: up to two parts. */
function without(gap: Span, { after, upTo }: Span): Span[] {
  const parts = [
    { after: gap.after, upTo: Math.min(gap.upTo, after) },
    { after: Math.max(gap.after, upTo), upTo: gap.upTo },
  ]
  return parts.filter((part) => part.after < part.upTo)
}

/**
 * Joins gaps that touch. Where too many are left, the two that are nearest to each other become one, together with the read
 * messages between them: a message may be shown twice, but none is left out.
 */
function fewer(gaps: readonly Span[]): readonly Span[] {
  const joined = [...gaps]
  while (joined.length > 1) {
    const between = joined.slice(1).map(({ after }, index) => after - (joined[index]?.upTo ?? after))
    const least = Math.min(...between)
    if (least > 0 && joined.length <= mostGaps) break
    const at = between.indexOf(least)
    const [one, other] = joined.slice(at, at + 2)
    if (one && other) joined.splice(at, 2, { after: one.after, upTo: other.upTo })
  }
  return joined
}
