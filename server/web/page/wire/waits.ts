const first = 500
const longest = 30_000

/**
 * How long to wait before the connection is tried again, in ms: twice as long each time, up to half a minute. Part of it is
 * chance, so that a thousand pages do not come back to a restarted server in the same moment.
 */
export function waitBefore(attempt: number, chance: () => number = Math.random): number {
  const most = Math.min(longest, first * 2 ** Math.min(attempt, 16))
  return Math.round(most / 2 + (most / 2) * chance())
}
