/** What can be put in place of the word in front of the caret. */
export interface Candidate {
  /** What is put there, and what stands in the list. */
  readonly text: string
  readonly label: string
  readonly hint?: string
}

export interface Completed {
  readonly from: number
  readonly candidates: readonly Candidate[]
  /** Whether the list opens by itself: a plain word may be just a word, and waits for Tab. */
  readonly offered: boolean
}

export interface CompletedFrom {
  readonly commands: readonly { readonly name: string; readonly usage: string; readonly summary: string }[]
  /** Names of people, those who are at hand first. */
  readonly names: readonly string[]
  readonly channels: readonly string[]
  /** By name; undefined until the table is there. */
  readonly emoji: Readonly<Record<string, string>> | undefined
}

const most = 8

/** Where the word in front of the caret begins, and what it may become. Undefined where there is nothing. */
export function complete(text: string, caret: number, from: CompletedFrom): Completed | undefined {
  const before = text.slice(0, caret)
  // By `split`: a search for what stands before the end would begin anew at each character of a long word.
  const word = before.split(/\s/).at(-1) ?? ''
  const start = caret - word.length
  const given = (candidates: readonly Candidate[], offered: boolean): Completed | undefined =>
    candidates.length > 0 ? { from: start, candidates: candidates.slice(0, most), offered } : undefined
  if (start === 0 && word.startsWith('/') && !word.startsWith('//')) {
    const begun = word.slice(1).toLowerCase()
    return given(
      from.commands
        .filter(({ name }) => name.startsWith(begun))
        .map(({ name, usage, summary }) => ({ text: `/${name} `, label: usage, hint: summary })),
      true,
    )
  }
  if (word.startsWith('#'))
    return given(
      starting(from.channels, word).map((name) => plain(name, ' ')),
      true,
    )
  if (word.startsWith('@'))
    return given(
      starting(from.names, word.slice(1)).map((name) => ({ text: `@${name} `, label: `@${name}` })),
      true,
    )
  if (/^:[a-z0-9_+-]{2,}$/i.test(word)) return given(emojiFor(word.slice(1).toLowerCase(), from.emoji), true)
  if (word.length === 0) return undefined
  return given(
    starting(from.names, word).map((name) => plain(name, start === 0 ? ': ' : ' ')),
    false,
  )
}

/** Whether the word in front of the caret is one of the candidates already, but for how it is written. */
export function isWhole(text: string, caret: number, { from, candidates }: Completed): boolean {
  const word = text.slice(from, caret).toLowerCase()
  return candidates.some((one) => one.text.trimEnd().toLowerCase() === word)
}

/** Whether the table of emoji would help here. */
export function wantsEmoji(text: string, caret: number): boolean {
  return /(?:^|\s):[a-z0-9_+-]{2,}$/i.test(text.slice(0, caret))
}

function plain(name: string, behind: string): Candidate {
  return { text: name + behind, label: name }
}

function starting(names: readonly string[], begun: string): readonly string[] {
  const wanted = begun.toLowerCase()
  return names.filter((name) => name.toLowerCase().replace(/^~/, '').startsWith(wanted.replace(/^~/, '')))
}

function emojiFor(begun: string, table: CompletedFrom['emoji']): readonly Candidate[] {
  const names = Object.keys(table ?? {})
  const first = names.filter((name) => name.startsWith(begun))
  const inside = names.filter((name) => name.includes(begun) && !name.startsWith(begun))
  return [...first, ...inside].map((name) => ({
    text: `${table?.[name]} `,
    label: `${table?.[name]} :${name}:`,
  }))
}

/** Puts a candidate in place of the word; `caret` is where to write on. */
export function put(
  text: string,
  caret: number,
  { from }: Completed,
  { text: chosen }: Candidate,
): { readonly text: string; readonly caret: number } {
  const rest = text.slice(caret)
  const whole = rest.startsWith(' ') && chosen.endsWith(' ') ? chosen.slice(0, -1) : chosen
  return { text: text.slice(0, from) + whole + rest, caret: from + whole.length + (whole === chosen ? 0 : 1) }
}
