const lf = 0x0a
const cr = 0x0d

/** The count for a buffer: its line ends from a place on. */
interface Counted {
  ending: number
  from: number
  count: number
}

/**
 * Counts the line ends in buffers that do not change, from a place on that only moves forward. It is asked for each line that
 * is done, with many waiting, so it remembers its counts: each byte is read a few times at most.
 */
export class LineEnds {
  readonly #counted = new WeakMap<Buffer, Counted>()

  /** About how many lines end there: it counts one kind of line end, because two kinds are rarely mixed. */
  countIn(bytes: Buffer, from = 0): number {
    const counted = this.#counted.get(bytes)
    if (!counted || from < counted.from) return this.#countAnew(bytes, from)
    counted.count -= countOf(counted.ending, bytes, counted.from, from)
    counted.from = from
    // After the last LF there may be lines of another kind.
    return counted.count === 0 && counted.ending === lf ? this.#countAnew(bytes, from) : counted.count
  }

  #countAnew(bytes: Buffer, from: number): number {
    const ending = bytes.indexOf(lf, from) >= 0 ? lf : cr
    const count = countOf(ending, bytes, from, bytes.length)
    this.#counted.set(bytes, { ending, from, count })
    return count
  }
}

function countOf(ending: number, bytes: Buffer, from: number, to: number): number {
  let count = 0
  for (let at = from; at < to; at++) if (bytes[at] === ending) count++
  return count
}
