const units = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
} as const

/** The longest duration: ten years. A person who means "for ever" leaves the time out. */
const longest = 3650 * 86_400_000

const part = '(\\d{1,6})(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?)'
const whole = new RegExp(`^(?:${part})+$`, 'i')
const parts = new RegExp(part, 'gi')

/**
 * Reads `30s`, `10m`, `2h`, `7d`, `4w` or `1h30m`, and also `10min` or `2weeks`, as milliseconds; undefined if the
 * text is no duration, or longer than ten years.
 */
export function parseDuration(text: string): number | undefined {
  if (!whole.test(text)) return undefined
  let ms = 0
  for (const [, count, unit = ''] of text.toLowerCase().matchAll(parts))
    ms += Number(count) * units[unit[0] as keyof typeof units]
  return ms > 0 && ms <= longest ? ms : undefined
}
