const units: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** Reads `30s`, `10m`, `2h`, `7d`, `4w` or `1h30m` as milliseconds; undefined if it is none. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d{1,6}[smhdw])+$/i.test(text)) return undefined
  let ms = 0
  for (const [, count, unit = ''] of text.toLowerCase().matchAll(/(\d+)([smhdw])/g)) {
    ms += Number(count) * (units[unit] ?? 0)
  }
  return ms > 0 ? ms : undefined
}
