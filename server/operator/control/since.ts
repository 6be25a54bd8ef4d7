import { parseDuration } from '../../lib/durations.ts'
import { isTime } from '../../lib/times.ts'
import { startOfDay, ZoneFormat } from '../../lib/zones.ts'

/**
 * Reads a time in the past: a duration such as `2h` (ago), a date, or a date with a time, in `zone` unless it names
 * one. Returns ms since the epoch, or undefined if the text is no time.
 */
export function readSince(text: string, zone: string, now: number): number | undefined {
  const ago = parseDuration(text)
  if (ago !== undefined) return now - ago
  const [, day = '', time, offset] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ]((?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?)(Z|[+-]\d{2}:\d{2})?)?$/i.exec(
      text,
    ) ?? []
  const begin = startOfDay(day, zone)
  if (begin === undefined || time === undefined) return begin
  if (offset !== undefined) return known(Date.parse(`${day}T${time}${offset.toUpperCase()}`))
  const wanted = Date.parse(`${day}T${time}Z`)
  // The clock may have been changed since midnight.
  const shown = new ZoneFormat(zone, '24')
  const guess = begin + wanted - Date.parse(`${day}T00:00Z`)
  const minute = Math.floor(wanted / 60_000) * 60_000
  return guess + minute - Date.parse(`${shown.dateTime(guess).replace(' ', 'T')}Z`)
}

function known(at: number): number | undefined {
  return isTime(at) ? at : undefined
}
