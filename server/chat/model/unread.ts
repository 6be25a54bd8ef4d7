/** Numbers of messages: those above `after`, up to `upTo`. */
export interface Span {
  readonly after: number
  readonly upTo: number
}

/** The unread messages of a place: those in the gap, which no terminal has shown, and those above `end`. */
export interface Unread {
  readonly gap?: Span | undefined
  readonly end: number
}

/** Up to which number every message is read. */
export function readUpTo({ gap, end }: Unread): number {
  return gap?.after ?? end
}

export function isUnread({ gap, end }: Unread, id: number): boolean {
  return id > end || (gap !== undefined && id > gap.after && id <= gap.upTo)
}

/**
 * The same after these messages were read. At most one gap is left: two gaps become one, together with the read messages
 * between them, and a gap is not cut in two. So a message may be shown twice, but none is left out.
 */
export function whenRead({ gap, end }: Unread, { after, upTo }: Span): Unread {
  const left = gap && rest(gap, { after, upTo })
  if (upTo <= end) return made(left, end)
  return made(after > end ? { after: left?.after ?? end, upTo: after } : left, upTo)
}

/** The same after all messages above this number became unread again. */
export function whenUnread({ gap, end }: Unread, after: number): Unread {
  const from = Math.min(end, after)
  return made(
    gap && gap.after < from ? { after: gap.after, upTo: Math.min(gap.upTo, from) } : undefined,
    from,
  )
}

function rest(gap: Span, { after, upTo }: Span): Span | undefined {
  if (after <= gap.after && upTo >= gap.upTo) return undefined
  if (after <= gap.after && upTo > gap.after) return { after: upTo, upTo: gap.upTo }
  if (after < gap.upTo && upTo >= gap.upTo) return { after: gap.after, upTo: after }
  return gap
}

function made(gap: Span | undefined, end: number): Unread {
  return gap ? { gap, end } : { end }
}
