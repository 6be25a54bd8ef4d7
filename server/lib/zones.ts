import { realpathSync } from 'node:fs'
import { nearest } from './nearest.ts'

/** Names that are known to be valid: checking a name takes as long as the rest of a login. */
const known = new Set<string>()
/** The most names to remember: there are some 600 zones, but each name can be written in many ways. */
const mostKnown = 1000

/** True for a time zone name that this machine knows, such as `Europe/Berlin` or `UTC`. */
export function isZone(name: string): boolean {
  if (known.has(name)) return true
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
  } catch {
    return false
  }
  if (known.size < mostKnown) known.add(name)
  return true
}

/** Words in the names of zones that are written in capitals; all others begin with one. */
const capitals = new Set(
  'act cdt cet chat cst edt eet est gb gmt hst in lhi mdt met mst nsw nz pdt prc pst roc rok su uct us utc w wet'.split(
    ' ',
  ),
)
/** Those that are written in another way. */
const irregular: Readonly<Record<string, string>> = {
  ...{ au: 'au', es: 'es', of: 'of' },
  bajanorte: 'BajaNorte',
  bajasur: 'BajaSur',
  comodrivadavia: 'ComodRivadavia',
  denoronha: 'DeNoronha',
  easterisland: 'EasterIsland',
}

/**
 * The usual spelling of a valid name in any case: `asia/kolkata` is `Asia/Kolkata`, and stays that, although Node calls the zone
 * by its older name `Asia/Calcutta`.
 */
export function zoneName(zone: string): string {
  const resolved = resolvedZone(zone)
  if (resolved.toLowerCase() === zone.toLowerCase()) return resolved
  return zone
    .toLowerCase()
    .replace(/[a-z]+/g, (word) =>
      capitals.has(word) ? word.toUpperCase() : (irregular[word] ?? word[0]?.toUpperCase() + word.slice(1)),
    )
}

/** The parts of the world in front of the names of places. Those of three parts are in the list that Node has. */
const areas = 'Africa America Antarctica Arctic Asia Atlantic Australia Europe Indian Pacific'.split(' ')

/** Longer than any name of a zone: nothing longer is looked for. */
const longestPlace = 40

/**
 * The zone that somebody most likely means who has typed something else: a place alone (`Kolkata`, `new york`), a typing mistake
 * (`Europe/Berln`), or hours from UTC (`UTC+2`, `+02:00`). Undefined if none is near.
 */
export function likelyZone(text: string): string | undefined {
  if (text.length > longestPlace) return undefined
  const [, sign, hours] = /^(?:utc|gmt)? ?([+-])0?(\d{1,2})(?::?00)?$/i.exec(text) ?? []
  if (hours !== undefined) {
    // POSIX, where these names come from, counts to the west.
    const zone = `Etc/GMT${sign === '+' ? '-' : '+'}${hours}`
    return isZone(zone) ? zone : undefined
  }
  const typed = text.trim().replace(/\s+/g, '_')
  const here = areas.map((area) => `${area}/${typed}`).find(isZone)
  if (here !== undefined) return zoneName(here)
  const all = Intl.supportedValuesOf('timeZone')
  if (typed.includes('/')) return nearest(typed, all)
  const places = new Map(all.map((zone) => [zone.slice(zone.lastIndexOf('/') + 1), zone]))
  return places.get(nearest(typed, places.keys()) ?? '')
}

let own: string | undefined

/** The zone of a setting: for '' the zone of this machine, or UTC if Node does not know that zone. */
export function zoneOf(setting: string): string {
  if (setting) return setting
  // Remember it: finding it out takes longer than everything else for a new connection.
  own ??= machineZone() ?? 'UTC'
  return own
}

/**
 * The zone of the environment; undefined if Node does not understand it. Node returns `Etc/Unknown` for an empty TZ,
 * nothing for a path, and for offsets names that it does not accept itself.
 */
export function machineZone(): string | undefined {
  // The type does not say that it can be undefined.
  const found = new Intl.DateTimeFormat('en').resolvedOptions().timeZone as string | undefined
  const said = saidZone()
  if (found === undefined || !isZone(found)) return said
  // The operator's own name for it goes before the one that Node has.
  return said !== undefined && resolvedZone(said) === found ? said : found
}

/** The zone that the environment or the machine names; undefined for offsets and other rules. */
function saidZone(): string | undefined {
  const [, path, name = ''] = /^:?(?:(\/.+)|(.+))$/.exec(process.env['TZ'] ?? '/etc/localtime') ?? []
  if (path !== undefined) return zoneOfFile(path)
  return name !== '' && isZone(name) ? zoneName(name) : undefined
}

function resolvedZone(zone: string): string {
  return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone
}

/** `TZ=:/etc/localtime` names a file, in the syntax of the C library. */
function zoneOfFile(path: string): string | undefined {
  try {
    const [, name = ''] = /\/zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(realpathSync(path)) ?? []
    return name !== '' && isZone(name) ? name : undefined
  } catch {
    return undefined
  }
}

/** For shorter waits than this, the second is shown (ms). */
const fewMinutesMs = 600_000

/** Shows times (ms since the epoch) in a zone: `2026-11-20` and `18:02`, or `6:02 PM`. */
export class ZoneFormat {
  readonly #date: Intl.DateTimeFormat
  readonly #time: Intl.DateTimeFormat
  readonly #zone: string
  #minute = Number.NaN
  #text = ''
  #day = 0
  #dayEnds = Number.NEGATIVE_INFINITY

  constructor(zone: string, clock: '24' | '12') {
    this.#zone = zone
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
    return isTime(at) ? this.#date.format(at) : '????-??-??'
  }

  /** Every message needs this text, so that of the last minute is kept. */
  time(at: number): string {
    if (!isTime(at)) return '??:??'
    const minute = Math.floor(at / 60_000)
    if (minute !== this.#minute) {
      this.#minute = minute
      // Newer ICU data puts a narrow no-break space before AM and PM.
      this.#text = this.#time.format(at).replace(/\u202f/g, ' ')
    }
    return this.#text
  }

  /** Counts the days on which it was called. Call it with the present time; it costs only a comparison. */
  dayOf(at: number): number {
    if (at >= this.#dayEnds && isTime(at)) {
      this.#day++
      const next = new Date(Date.parse(`${this.date(at)}T00:00:00Z`) + dayMs).toISOString().slice(0, 10)
      // If the day is unknown, try again in an hour.
      this.#dayEnds = startOfDay(next, this.#zone) ?? at + 3_600_000
    }
    return this.#day
  }

  /** The last result of `dayOf`. */
  get day(): number {
    return this.#day
  }

  dateTime(at: number): string {
    return `${this.date(at)} ${this.time(at)}`
  }

  /** The same, with seconds unless it is a full minute: for something that may end in some seconds. */
  moment(at: number): string {
    return `${this.date(at)} ${this.#exactTime(at)}`
  }

  /**
   * The same without the day if that is today; for an end that is some minutes away, the full minute in which it is
   * over.
   */
  until(at: number, now: number): string {
    const shown = at - now < fewMinutesMs ? at : Math.ceil(at / 60_000) * 60_000
    return this.date(shown) === this.date(now) ? this.#exactTime(shown) : this.moment(shown)
  }

  #exactTime(at: number): string {
    const second = Math.floor(at / 1000) % 60
    return second === 0 || !isTime(at)
      ? this.time(at)
      : this.time(at).replace(/(?<=:\d\d)(?= ?[AP]?M?$)/, `:${String(second).padStart(2, '0')}`)
  }
}

/** A time from a damaged database may not be a date: only years up to 275760 are (ECMA-262, 21.4.1.1). */
function isTime(at: number): boolean {
  return Math.abs(at) <= 8.64e15
}

const dayMs = 86_400_000
/** Time zones are known from 1970 on; years have four digits. */
const firstDay = '1970-01-01'
const lastDay = '2999-12-31'

/**
 * The beginning of a day (`2026-11-01`) in a zone, in ms since the epoch: midnight, or the change of the clock if the
 * clock is put forward at midnight. Undefined if there is no such day from 1970 to 2999.
 */
export function startOfDay(day: string, zone: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || day < firstDay || day > lastDay) return undefined
  const utc = Date.parse(`${day}T00:00:00Z`)
  if (Number.isNaN(utc) || new Date(utc).toISOString().slice(0, 10) !== day) return undefined
  const local = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
  // One of two is right, whenever the clock changes: midnight by the offset of the day before, or of the day after.
  const midnights = [utc - dayMs, utc + dayMs].map((near) => utc - offsetAt(near, local))
  return Math.min(...midnights.filter((at) => local.format(at).slice(0, 10) >= day))
}

/** How far the zone is ahead of UTC at a time, in ms. */
function offsetAt(at: number, local: Intl.DateTimeFormat): number {
  return Date.parse(`${local.format(at).replace(' ', 'T')}Z`) - Math.floor(at / 1000) * 1000
}
