/** Why a line cannot be read; these are error codes of the protocol. */
export type LineError = 'bad-encoding' | 'line-too-long'

/** One line without its ending, or why there is none. */
export type Line =
  | { readonly text: string; readonly error?: undefined }
  /** `start` is how it begins, a byte a character. */
  | { readonly error: LineError; readonly start: string; readonly text?: undefined }
