import { sizeText } from '../../lib/sizes.ts'

const width = 24
/** The time between two lines (ms): rare enough for a slow connection. */
const everyMs = 100

/** Shows progress to a person at a terminal; elsewhere it shows nothing. */
export class Progress {
  readonly #screen: NodeJS.WriteStream
  #last = 0
  #shown = false

  constructor(screen: NodeJS.WriteStream = process.stderr) {
    this.#screen = screen
  }

  /** Shows how much is done, in bytes or in `unit`, and of about how much; `what` is one or two words. */
  show(what: string, done: number, of: number, unit?: string): void {
    const now = performance.now()
    if (!this.#screen.isTTY || (this.#shown && now - this.#last < everyMs)) return
    this.#last = now
    this.#shown = true
    const part = of === 0 ? 1 : Math.min(1, done / of)
    const bar = '#'.repeat(Math.round(part * width)).padEnd(width, '.')
    const percent = `${Math.floor(part * 100)} %`.padStart(5)
    this.#screen.write(`\r\x1b[K${what} [${bar}] ${percent} of ${unit ? `${of} ${unit}` : sizeText(of)}`)
  }

  /** Removes the line. */
  clear(): void {
    if (this.#shown) this.#screen.write('\r\x1b[K')
    this.#shown = false
  }
}
