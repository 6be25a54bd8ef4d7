import { gemoji } from 'gemoji'

/** Emoji by each of their names, as people type them between colons. It is a file of its own, loaded when first wanted. */
export const emoji: Readonly<Record<string, string>> = Object.fromEntries(
  gemoji.flatMap(({ emoji: sign, names }) => names.map((name) => [name, sign])),
)
