/**
 * What is taken from an allowance (`limits.messagesPerSecond`) for anything that is no command; a command has its own cost.
 * Whatever gets an answer costs as much as a line. Whatever is only read costs little, but not nothing: otherwise somebody
 * could send it without end.
 */
export const costs = {
  /** A line that cannot be read, an invalid answer, telnet's AYT. */
  line: 1,
  /**
   * An empty line, an answer, a row of a payload, a telnet command, a key that edits a line, a piece of a line: 50 of them cost
   * as much as a line.
   */
  trifle: 0.02,
  /** A byte that does not end a line. */
  byte: 1 / 65_536,
} as const

/** Lines up to this length, in UTF-16 units, are ordinary ones. */
const ordinary = 1024

/** Printable ASCII needs no cleaning; all other text is checked character by character. */
const plain = /^[\x20-\x7E\t]*$/

/** The cost of reading a text, besides the cost of its command: as much as a line for each 4,096 UTF-16 units. */
export function costOfReading(text: string, free = ordinary): number {
  return text.length <= free || plain.test(text) ? 0 : text.length / 4096
}

/** The same for a line of JSON, or a pasted row: all of it is read, even if it is plain ASCII. */
export function costOfParsing(json: string): number {
  return json.length <= ordinary ? 0 : json.length / 4096
}
