/** The dialects that `/format` chooses between, by name. Everybody begins with the first one. */
export const formats = ['text', 'json'] as const
export type Format = (typeof formats)[number]

/**
 * What is true of everybody who speaks a dialect. Code that depends on how somebody speaks asks for one of these and never for
 * a dialect's name, so that it is right for the next dialect, too.
 */
export interface Manner {
  /** A person reads the answers: they need more words than a program, and may say something by mistake. */
  readonly forPeople: boolean
  /**
   * Lines are typed at a terminal: with slips and keys in them, and the next line answers a question. Only who types can be
   * asked something before a command does it.
   */
  readonly typed: boolean
  /** What is said stands in something longer that has to be parsed, such as an object of JSON. */
  readonly wrapped: boolean
}
