import { Counts } from '../chat/machine/counts.ts'
import { Faults } from '../chat/machine/faults.ts'
import { WeakValues } from '../lib/weak-values.ts'
import { isZone, ZoneFormat } from '../lib/zones.ts'
import type { View, ViewOptions } from './dialect.ts'
import { JsonView } from './json/view.ts'
import { TextView } from './text/view.ts'

/** All views in use: one for each way to write, however many connections share it. */
export class Views {
  readonly #views = new WeakValues<View>()
  readonly #times = new WeakValues<ZoneFormat>()
  readonly #faults: Faults

  constructor(faults = new Faults(new Counts())) {
    this.#faults = faults
  }

  get(options: ViewOptions): View {
    const { format, eol, clock, zone, color, place, width } = options
    const key = `${format} ${eol} ${clock} ${zone} ${color} ${place.host} ${place.port} ${width}`
    return this.#views.get(key, () =>
      format === 'json'
        ? new JsonView(options, this.#timesIn(zone, clock), this.#faults)
        : new TextView(options, this.#timesIn(zone, clock), this.#faults),
    )
  }

  #timesIn(zone: string, clock: ViewOptions['clock']): ZoneFormat {
    // One that is stored may be unknown to this version of Node.
    return this.#times.get(`${clock} ${zone}`, () => new ZoneFormat(isZone(zone) ? zone : 'UTC', clock))
  }
}
