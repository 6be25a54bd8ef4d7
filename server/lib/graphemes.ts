const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
/** How much of a text is looked at first for the end of a character, in UTF-16 units. */
const usualReach = 32

/**
 * Whether a UTF-16 unit is a whole character that by itself joins neither the one before nor the one behind. Latin, Greek, Cyrillic, Kana, Han and Hangul syllables, without their marks.
 */
function isPlain(unit: number): boolean {
  return (
    (unit >= 0x20 && unit <= 0x7e) ||
    (unit >= 0xa1 && unit <= 0x2ff && unit !== 0xad) ||
    (unit >= 0x370 && unit <= 0x482) ||
    (unit >= 0x48a && unit <= 0x52f) ||
    (unit >= 0x3041 && unit <= 0x3096) ||
    (unit >= 0x30a1 && unit <= 0x30fa) ||
    (unit >= 0x4e00 && unit <= 0x9fff) ||
    (unit >= 0xac00 && unit <= 0xd7a3)
  )
}

/** Whether every UTF-16 unit of a text is a character of its own, one column wide and without any doubt. */
export function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text)
}

/**
 * The kind of the character of two units that begins at `at`: an emoji, which joins nothing without a joiner; the tone of a
 * skin, which joins the emoji before it; a part of a flag. Undefined if it is another character.
 */
function kindOfPair(text: string, at: number): 'emoji' | 'tone' | 'flag' | undefined {
  const high = text.charCodeAt(at)
  if (!(high >= 0xd83c && high <= 0xd83e)) return undefined
  const code = text.codePointAt(at) ?? 0
  if (code >= 0x1f1e6 && code <= 0x1f1ff) return 'flag'
  if (code >= 0x1f3fb && code <= 0x1f3ff) return 'tone'
  return code >= 0x1f000 ? 'emoji' : undefined
}

/** Whether the two characters around `at` alone tell that there is a boundary. */
function isSafe(text: string, at: number): boolean {
  if (at <= 0 || at >= text.length) return true
  const next = isPlain(text.charCodeAt(at)) ? 'plain' : kindOfPair(text, at)
  if (next === undefined || next === 'tone') return false
  if (isPlain(text.charCodeAt(at - 1))) return true
  const before = kindOfPair(text, at - 2)
  if (before !== 'flag' || next !== 'flag') return before !== undefined
  // Parts of flags are pairs, from the first one on.
  let start = at - 2
  while (kindOfPair(text, start - 2) === 'flag') start -= 2
  return (at - start) % 4 === 0
}

/** The nearest boundary at or before `at` that can be told from the two characters around it. */
function safeStart(text: string, at: number): number {
  let start = at
  while (!isSafe(text, start)) start--
  return Math.max(0, start)
}

/**
 * Where the character begins that `at` stands in or at the beginning of: `at` itself if that is a boundary between grapheme
 * clusters (UAX 29). Looks at the text only as far as it must: lines may be long.
 */
export function boundaryAt(text: string, at: number): number {
  if (isSafe(text, at)) return Math.min(Math.max(0, at), text.length)
  const from = safeStart(text, at)
  // The next unit, and its other half, decide whether there is a boundary.
  const part = text.slice(from, at + 2)
  return from + (segmenter.segment(part).containing(at - from)?.index ?? 0)
}

/** Where the character before the boundary `at` begins; 0 at the beginning. */
export function boundaryBefore(text: string, at: number): number {
  return at <= 1 ? 0 : boundaryAt(text.slice(0, at), at - 1)
}

/** Where the character behind the boundary `at` ends; the text's length at its end. */
export function boundaryAfter(text: string, at: number): number {
  if (at + 1 >= text.length) return text.length
  if (isSafe(text, at + 1)) return at + 1
  for (let reach = usualReach; ; reach *= 2) {
    const part = text.slice(at, at + reach)
    const length = segmenter.segment(part).containing(0)?.segment.length ?? 1
    // At the end of the part it may go on.
    if (length + 1 < part.length || at + reach >= text.length) return at + length
  }
}

/** The characters before the boundary `at`, the nearest first. */
export function* charactersBefore(text: string, at: number): Generator<string> {
  for (let end = at; end > 0; ) {
    if (isSafe(text, end - 1)) {
      end--
      yield text.charAt(end)
      continue
    }
    // Many at once: to find a safe place may take as long as the text is.
    const from = safeStart(text, end - 1 - usualReach)
    const found = [...segmenter.segment(text.slice(from, end))].reverse()
    for (const { segment } of found) yield segment
    end = from
  }
}

/** `at`, or where the character ends that `at` stands in the middle of. */
export function boundaryFrom(text: string, at: number): number {
  const start = boundaryAt(text, at)
  return start === at ? at : boundaryAfter(text, start)
}

/** The characters of a text from the boundary `from` on. */
export function* charactersOf(text: string, from = 0): Generator<string> {
  let at = from
  while (at < text.length) {
    const end = boundaryAfter(text, at)
    yield text.slice(at, end)
    at = end
    if (at >= text.length || isSafe(text, at + 1)) continue
    // Where it is not plain, many at once.
    const part = text.slice(at, at + usualReach)
    for (const { segment } of segmenter.segment(part)) {
      // At the end of the part it may go on.
      if (at + segment.length + 1 >= Math.min(text.length, end + part.length)) break
      yield segment
      at += segment.length
    }
  }
}
