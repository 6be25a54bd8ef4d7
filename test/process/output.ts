import { StringDecoder } from 'node:string_decoder'

/** How long `expect` waits. Only a failing test ever waits that long. */
const deadlineMs = 60_000

interface Waiting {
  readonly look: () => boolean
  readonly giveUp: (why: string) => void
}

/** What a process or a connection has printed so far, and waiting for what it is to print, like expect(1). */
export class Output {
  readonly #decoder = new StringDecoder('utf8')
  readonly #chunks: Buffer[] = []
  #text = ''
  #read = 0
  #ended = false
  #waiting: Waiting[] = []

  /** All of it, decoded as UTF-8. */
  get text(): string {
    return this.#text
  }

  /** All of it, as it came. */
  get bytes(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  /** Whether nothing more comes. */
  get ended(): boolean {
    return this.#ended
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#text += this.#decoder.write(chunk)
    this.#lookAgain()
  }

  end(): void {
    this.#ended = true
    this.#lookAgain()
    for (const { giveUp } of this.#waiting.splice(0)) giveUp('ended')
  }

  /**
   * Waits until `pattern` is found behind what the last call found, and answers the match. A string is taken
   * as it stands.
   * @throws Error with what there is instead, when the output ends or a minute has passed
   */
  expect(pattern: string | RegExp): Promise<RegExpExecArray> {
    const regExp = typeof pattern === 'string' ? new RegExp(escaped(pattern), 'u') : pattern
    return new Promise((resolve, reject) => {
      const look = (): boolean => {
        const match = regExp.exec(this.#text.slice(this.#read))
        if (!match) return false
        this.#read += match.index + match[0].length
        clearTimeout(timer)
        resolve(match)
        return true
      }
      const giveUp = (why: string): void => {
        clearTimeout(timer)
        reject(
          new Error(`${why} without ${regExp}; there is ${JSON.stringify(this.#text.slice(this.#read))}`),
        )
      }
      const timer = setTimeout(() => {
        this.#waiting = this.#waiting.filter((one) => one.look !== look)
        giveUp(`${deadlineMs} ms have passed`)
      }, deadlineMs)
      if (look()) return
      if (this.#ended) giveUp('ended')
      else this.#waiting.push({ look, giveUp })
    })
  }

  /** Waits, as `expect` does, for the rest of the line in which `text` is. */
  expectLine(text: string): Promise<RegExpExecArray> {
    return this.expect(new RegExp(`${escaped(text)}[^\\n]*\\n`, 'u'))
  }

  /** What has come that no `expect` has found or passed over. */
  get rest(): string {
    return this.#text.slice(this.#read)
  }

  #lookAgain(): void {
    this.#waiting = this.#waiting.filter(({ look }) => !look())
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
