/**
 * What is taken from an allowance (`limits.messagesPerSecond`) for what is no command; those say themselves what they cost.
 * Whatever brings an answer costs what a line costs, and whatever is only looked at costs next to nothing, but something: for
 * nothing one could have it done without end.
 */
export const costs = {
  /** A line that cannot be read, an answer that will not do, a question of telnet's (AYT). */
  line: 1,
  /** An empty line, an answer, a line of many that a command reads, a telnet command, a piece of a line: 50 of them are a line. */
  trifle: 0.02,
  /** A byte that ends no line. */
  byte: 1 / 65_536,
} as const

/** Lines up to this length, in UTF-16 units, are ordinary ones. */
const ordinary = 1024

/** What is printable ASCII needs no cleaning; all else is looked at sign by sign. */
const plain = /^[\x20-\x7E\t]*$/

/** What reading a text costs beside what is done with it: as much as a line for each 4,096 UTF-16 units. */
export function costOfReading(text: string, free = ordinary): number {
  return text.length <= free || plain.test(text) ? 0 : text.length / 4096
}

/** The same for a long line in which everything is looked at: of JSON, whose escapes may be anything, or of many of its kind. */
export function costOfParsing(json: string): number {
  return json.length <= ordinary ? 0 : json.length / 4096
}
