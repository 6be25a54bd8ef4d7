import type { View, ViewOptions } from './dialect.ts'
import { JsonView } from './json/view.ts'
import { TextView } from './text/view.ts'

/** All views in use: one for each way to write, however many connections share it. */
export class Views {
  readonly #views = new Map<string, View>()

  get(options: ViewOptions): View {
    const { format, eol, clock, zone, color, place } = options
    const key = `${format} ${eol} ${clock} ${zone} ${color} ${place.host} ${place.port}`
    let view = this.#views.get(key)
    if (!view) {
      view = format === 'json' ? new JsonView(options) : new TextView(options)
      this.#views.set(key, view)
    }
    return view
  }
}
