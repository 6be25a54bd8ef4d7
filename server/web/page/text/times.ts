/** By 24 hours, as a terminal shows them: people at both say the same time, and a narrow margin has room for it. */
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const day = new Intl.DateTimeFormat(undefined, {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
})
const whole = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'medium',
  timeStyle: 'short',
  hourCycle: 'h23',
})

export function clockTime(iso: string): string {
  return clock.format(new Date(iso))
}

export function wholeTime(iso: string): string {
  return whole.format(new Date(iso))
}

/** A day as people call it, from where they are. */
export function dayName(iso: string, now: number): string {
  const that = dayKey(iso)
  if (that === dayKey(new Date(now).toISOString())) return 'Today'
  // Days of 23 and 25 hours have a yesterday, too.
  const before = new Date(now)
  before.setHours(12)
  before.setDate(before.getDate() - 1)
  if (that === dayKey(before.toISOString())) return 'Yesterday'
  return day.format(new Date(iso))
}

/** The same for all times of a day, where the browser is. */
export function dayKey(iso: string): string {
  const date = new Date(iso)
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`
}

export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  for (const [unit, size] of [
    ['kB', 1e3],
    ['MB', 1e6],
    ['GB', 1e9],
  ] as const)
    if (bytes < size * 1000 || unit === 'GB')
      return `${(bytes / size).toFixed(bytes < size * 10 ? 1 : 0)} ${unit}`
  return `${bytes} B`
}

/** How long something takes or is there. */
export function spanText(seconds: number): string {
  const minutes = Math.floor(seconds / 60)
  if (minutes < 1) return `${Math.round(seconds)} s`
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`
}
