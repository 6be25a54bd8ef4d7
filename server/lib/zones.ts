/** True for a time zone name that this machine knows, such as `Europe/Berlin` or `UTC`. */
export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** A zone's name as it is written, for one in any case. */
export function zoneName(zone: string): string {
  return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone
}

let own: string | undefined

function ownZone(): string {
  // Kept: finding it out takes longer than all else that a new connection needs.
  own ??= new Intl.DateTimeFormat('en').resolvedOptions().timeZone
  return own
}

/** The zone of a setting: this machine's for ''. */
export function zoneOf(setting: string): string {
  return setting || ownZone()
}

/** Shows times (ms since the epoch) in a zone: `2026-11-20` and `18:02`, or `6:02 PM`. */
export class ZoneFormat {
  readonly #date: Intl.DateTimeFormat
  readonly #time: Intl.DateTimeFormat
  #minute = Number.NaN
  #text = ''

  constructor(zone: string, clock: '24' | '12') {
    // Swedish writes dates as ISO 8601 does.
    this.#date = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short' })
    this.#time =
      clock === '24'
        ? new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' })
        : new Intl.DateTimeFormat('en-US', {
            timeZone: zone,
            hour: 'numeric',
            minute: '2-digit',
            hour12: true,
          })
  }

  date(at: number): string {
    return this.#date.format(at)
  }

  /** Asked for with every message, so the last minute's text is kept. */
  time(at: number): string {
    const minute = Math.floor(at / 60_000)
    if (minute !== this.#minute) {
      this.#minute = minute
      // Newer ICU data puts a narrow no-break space before AM and PM.
      this.#text = this.#time.format(at).replace(/\u202f/g, ' ')
    }
    return this.#text
  }

  dateTime(at: number): string {
    return `${this.date(at)} ${this.time(at)}`
  }
}

/** When a day (`2026-11-01`) begins in a zone, in ms since the epoch; undefined if there is no such day. */
export function startOfDay(day: string, zone: string): number | undefined {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day)
  const utc = parts ? Date.parse(`${day}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(utc) || new Date(utc).toISOString().slice(0, 10) !== day) return undefined
  // Two rounds: the offset at the guess may differ from the one at the answer (a change of the clock).
  let at = utc
  for (let round = 0; round < 2; round++) at = utc - offsetAt(at, zone)
  return at
}

/** How far the zone is ahead of UTC at a time, in ms. */
function offsetAt(at: number, zone: string): number {
  const format = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
  return Date.parse(`${format.format(at).replace(' ', 'T')}Z`) - Math.floor(at / 1000) * 1000
}
