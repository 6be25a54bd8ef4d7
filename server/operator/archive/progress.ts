import { sizeText } from '../../lib/sizes.ts'

const width = 24
/** Seldom enough for a slow line. */
const everyMs = 100

/** Tells a person at the terminal how far something is; elsewhere it says nothing. */
export class Progress {
  readonly #screen: NodeJS.WriteStream
  #last = 0
  #shown = false

  constructor(screen: NodeJS.WriteStream = process.stderr) {
    this.#screen = screen
  }

  /** `what` in one or two words; how many bytes are done, of about how many, or how many of `unit`. */
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

  /** Takes the line away. */
  clear(): void {
    if (this.#shown) this.#screen.write('\r\x1b[K')
    this.#shown = false
  }
}
