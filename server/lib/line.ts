/** Why a line cannot be read; these are error codes of the protocol. */
export type LineError = 'bad-encoding' | 'line-too-long'

/** So many bytes of a line does a terminal of Linux pass on, whatever was typed or pasted (termios(3), canonical mode). */
export const longestTyped = 4095

/** One line without its ending, or why there is none. */
export type Line =
  | { readonly text: string; readonly error?: undefined }
  /** `start` is how it begins, a byte a character; `cut`: a terminal has cut it off. */
  | { readonly error: LineError; readonly start: string; readonly cut?: true; readonly text?: undefined }
