/**
 * How many times as much processor time something takes for 8 times as much of it: about 8 where that grows evenly, and 64
 * where it grows with the square. What other programs take does not count.
 */
export function growth(size: number, work: (size: number) => void): number {
  const large = leastTime(() => work(size * 8))
  // The clock of the processor has steps, and the first time takes longer.
  if (large < 8 * slightMs) return 8
  return (
    large /
    Math.max(
      leastTime(() => work(size)),
      slightMs,
    )
  )
}

const slightMs = 2
/** The shortest of several counts: what comes between, such as the collection of garbage, only makes one longer. */
const tries = 3

function leastTime(work: () => void): number {
  let least = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < tries && least > slightMs; attempt++) {
    const start = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(start)
    least = Math.min(least, (user + system) / 1000)
  }
  return least
}
