import type { Data, Frame } from './protocol.ts'

/** What follows in the lists of an answer that was too long for one line is put behind what is in them. */
export function withRest(data: Data, rest: Data): Data {
  const { rest: _, ...whole } = data as Record<string, unknown>
  for (const [name, value] of Object.entries(rest)) {
    const there = whole[name]
    if (Array.isArray(value))
      whole[name] = [...(Array.isArray(there) ? (there as unknown[]) : []), ...(value as unknown[])]
    else if (isData(value)) whole[name] = withRest(isData(there) ? there : {}, value)
    else whole[name] = value
  }
  return whole
}

/** A message whose text was too long for one line, and came in pieces, is one again; wherever in an answer it stands. */
export function withoutPieces(value: unknown): unknown {
  if (Array.isArray(value)) {
    const whole: unknown[] = []
    for (const one of value as unknown[]) {
      const before = whole.at(-1)
      if (isData(before) && isData(one) && isPieceOf(before, one))
        whole[whole.length - 1] = joinedPiece(before, one)
      else whole.push(withoutPieces(one))
    }
    return whole
  }
  if (!isData(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutPieces(inner)]))
}

/** Whether the second is more of the first message. */
export function isPieceOf(before: Data | Frame, piece: Data | Frame): boolean {
  return before['cut'] === true && before['id'] === piece['id'] && before['type'] === piece['type']
}

export function joinedPiece<T extends Data | Frame>(before: T, piece: T): T {
  return { ...piece, text: String(before['text']) + String(piece['text']) }
}

function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
