/** Why a line cannot be read; these are error codes of the protocol. */
export type LineError = 'bad-encoding' | 'line-too-long'

/**
 * The most bytes of a line that a Linux terminal passes on, however much was typed or pasted (termios(3), canonical
 * mode).
 */
export const longestTyped = 4095

/** What came between two line ends, or the reason why it cannot be read. */
type Read =
  | { readonly text: string; readonly error?: undefined }
  /**
   * `start` is the beginning of the line, one character for each byte; `cut`: a terminal has cut the line off. `bytes` are all of
   * a line that is no UTF-8.
   */
  | {
      readonly error: LineError
      readonly start: string
      readonly cut?: true
      readonly bytes?: Buffer
      readonly text?: undefined
    }

/**
 * One line without its ending. `inCr`: it ended in CR, CR LF or CR NUL. `typed` is what the keys in it (backspace, ^U and the like) have made of the line, if it ends as
 * a terminal ends lines that it sends key by key; missing if there are no keys in it.
 * `keyed` are the bytes of a line that is edited, beyond ASCII, with the keys still in them: how much one takes back depends on
 * the character set.
 * `isRead`: it was read in the character set of its terminal, and is not to be read again.
 */
export type Line = Read & {
  readonly inCr?: true
  readonly typed?: Line
  readonly keyed?: Buffer
  readonly isRead?: true
}
