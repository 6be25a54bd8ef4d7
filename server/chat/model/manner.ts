/** The dialects that `/format` chooses between, by name. Everybody begins with the first one. */
export const formats = ['text', 'json'] as const
export type Format = (typeof formats)[number]

/**
 * The properties of a dialect. Code that depends on the dialect asks for one of these and never for a name, so that it is
 * right for the next dialect, too.
 */
export interface Manner {
  /** A person reads the answers: they need more words than a program, and may say something by mistake. */
  readonly forPeople: boolean
  /**
   * Lines are typed at a terminal: they may have slips and keys in them, and the next line may answer a question. Commands
   * ask for a confirmation only then.
   */
  readonly typed: boolean
  /** The text of a line is inside something longer that has to be parsed, such as a JSON object. */
  readonly wrapped: boolean
}
