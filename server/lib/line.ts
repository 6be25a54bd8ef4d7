/** Why a line cannot be read; these are error codes of the protocol. */
export type LineError = 'bad-encoding' | 'line-too-long'

/**
 * The most bytes of a line that a Linux terminal passes on, however much was typed or pasted (termios(3), canonical
 * mode).
 */
export const longestTyped = 4095

/** One line without its ending, or the reason why it cannot be read. */
export type Line =
  | { readonly text: string; readonly error?: undefined }
  /** `start` is the beginning of the line, one character for each byte; `cut`: a terminal has cut the line off. */
  | { readonly error: LineError; readonly start: string; readonly cut?: true; readonly text?: undefined }
