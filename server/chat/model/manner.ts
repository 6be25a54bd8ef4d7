/** The dialects that `/format` chooses between, by name. Everybody begins with the first one. */
export const formats = ['text', 'json'] as const
export type Format = (typeof formats)[number]

/**
 * What is so of all who speak a dialect. Whatever depends on how somebody speaks asks for one of these, and for no name: so it
 * is right for the next dialect, too.
 */
export interface Manner {
  /** A person reads it, who is told more than a program needs, and may say what they did not mean to. */
  readonly forPeople: boolean
  /**
   * It is typed at a terminal, as it is: with slips and other keys, and what comes next answers a question. Nobody else can
   * be asked before something is done.
   */
  readonly typed: boolean
  /** What is said stands in something that is longer, which has to be parsed: an object of JSON. */
  readonly wrapped: boolean
}
