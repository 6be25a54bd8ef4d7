/** Which part of a list: what is after one message's number, before another, or between both. Exclusive; neither is its end. */
export interface Cursor {
  readonly before?: number | undefined
  readonly after?: number | undefined
}
