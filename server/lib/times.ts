/*
 * The times there are here, in ms since the epoch: those of the years 1970 to 9999, which every reader of ISO 8601 knows
 * how to read. Beyond them a Date soon writes years of six digits, and then nothing at all: it throws.
 */
const latest = Date.parse('9999-12-31T23:59:59.999Z')

/** Whether a time is one of those that there are. */
export function isTime(at: number): boolean {
  return at >= 0 && at <= latest
}

/** The same time, or the nearest that there is: what is stored must be shown, whatever it is. */
export function nearestTime(at: number): number {
  return Number.isNaN(at) ? 0 : Math.min(Math.max(at, 0), latest)
}

/** ISO 8601 in UTC, with milliseconds. Never throws. */
export function isoTime(at: number): string {
  return new Date(nearestTime(at)).toISOString()
}
