/**
 * A message of the server's without the sentences that say what to type: a button and a form have no line to type it in. All
 * of it, if there is nothing else in it.
 */
export function withoutCommands(message: string): string {
  const all = message.split(/(?<=[.?!])\s+/)
  const plain = all.filter((sentence) => !/(?:^|\s)\/[a-z]/.test(sentence) && !sentence.startsWith('Usage:'))
  // A question to which the command was the answer.
  while (plain.length < all.length && plain.at(-1)?.endsWith('?')) plain.pop()
  return plain.length === 0 ? message : plain.join(' ')
}

const mostLines = 25
const mostSigns = 2000

/** Whether a text would push everything else off the screen. */
export function isLong(text: string): boolean {
  return text.length > mostSigns || linesOf(text) > mostLines
}

export function linesOf(text: string): number {
  return text.split('\n').length
}
