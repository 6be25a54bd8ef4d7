/*
 * The valid times, in ms since the epoch: the years 1970 to 9999, which every reader of ISO 8601 can read. Beyond
 * them a Date writes years of six digits, and later throws.
 */
const latest = Date.parse('9999-12-31T23:59:59.999Z')

/** Whether a time is valid. */
export function isTime(at: number): boolean {
  return at >= 0 && at <= latest
}

/** Returns the time, or the nearest valid one, because every stored time must be shown. */
export function nearestTime(at: number): number {
  return Number.isNaN(at) ? 0 : Math.min(Math.max(at, 0), latest)
}

/** ISO 8601 in UTC, with milliseconds. Never throws. */
export function isoTime(at: number): string {
  return new Date(nearestTime(at)).toISOString()
}
