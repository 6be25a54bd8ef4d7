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
