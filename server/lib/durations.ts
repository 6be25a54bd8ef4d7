const units: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** Ten years. Who means longer means without end, which is said by leaving the time out. */
const longest = 3650 * 86_400_000

/** Reads `30s`, `10m`, `2h`, `7d`, `4w` or `1h30m` as milliseconds; undefined if it is none, or longer than ten years. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d{1,6}[smhdw])+$/i.test(text)) return undefined
  let ms = 0
  for (const [, count, unit = ''] of text.toLowerCase().matchAll(/(\d+)([smhdw])/g)) {
    ms += Number(count) * (units[unit] ?? 0)
  }
  return ms > 0 && ms <= longest ? ms : undefined
}
