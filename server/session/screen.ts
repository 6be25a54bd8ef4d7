/** Rows are made for no narrower and no wider screen than these: each width in use has a dialect object of its own. */
const narrowest = 20
const widest = 500

/** The width to write for, in columns; 0 where the client does not know its own. */
export function usableWidth(columns: number | undefined): number {
  return columns === undefined ? 0 : Math.min(Math.max(columns, narrowest), widest)
}

/** Whether a terminal of this type shows colours. */
export function hasColors(type: string): boolean {
  return /xterm|color|ansi|screen|tmux|linux|putty|vt2/i.test(type)
}
