import { Counts } from '../chat/machine/counts.ts'
import { Faults } from '../chat/machine/faults.ts'
import { WeakValues } from '../lib/weak-values.ts'
import { isZone, ZoneFormat } from '../lib/zones.ts'
import type { Dialect, DialectKind, Writing } from './dialect.ts'
import { JsonDialect } from './json/dialect.ts'
import { TextDialect } from './text/dialect.ts'

type Make = new (writing: Writing, times: ZoneFormat, faults: Faults) => Dialect

/** All dialects; every connection begins with the first one. */
export function dialectsThereAre(faults = new Faults(new Counts())): DialectKind[] {
  const times = new Times()
  return [new Shared('text', TextDialect, times, faults), new Shared('json', JsonDialect, times, faults)]
}

/** Finds dialects, by name and by the first line of a connection. */
export class Dialects {
  readonly #first: DialectKind
  readonly #kinds: ReadonlyMap<string, DialectKind>
  readonly #begunByLine: readonly DialectKind[]

  constructor(kinds: readonly DialectKind[] = dialectsThereAre()) {
    const [first] = kinds
    if (!first) throw new Error('There is no dialect.')
    this.#first = first
    this.#kinds = new Map(kinds.map((kind) => [kind.name, kind]))
    this.#begunByLine = kinds.filter(({ isBegunBy }) => isBegunBy)
  }

  /** The dialect with which every connection begins. */
  get first(): DialectKind {
    return this.#first
  }

  /** @throws Error if there is none of this name */
  named(name: string): DialectKind {
    const kind = this.#kinds.get(name)
    if (!kind) throw new Error(`There is no dialect "${name}".`)
    return kind
  }

  /** The dialect that this first line chooses; undefined for the first dialect. */
  begunBy(line: string): DialectKind | undefined {
    return this.#begunByLine.find((kind) => kind.isBegunBy?.(line))
  }
}

/** A dialect that keeps nothing of a connection: connections with the same writing share one object, and so the rendered bytes. */
class Shared implements DialectKind {
  readonly name: string
  readonly #make: Make
  readonly #times: Times
  readonly #faults: Faults
  readonly #dialects = new WeakValues<Dialect>()

  constructor(name: string, make: Make, times: Times, faults: Faults) {
    this.name = name
    this.#make = make
    this.#times = times
    this.#faults = faults
  }

  open(writing: Writing): Dialect {
    const { eol, clock, zone, color, place, width } = writing
    const key = `${eol} ${clock} ${zone} ${color} ${place.host} ${place.port} ${place.tls ?? false} ${width}`
    return this.#dialects.get(key, () => new this.#make(writing, this.#times.of(zone, clock), this.#faults))
  }
}

/** How times are written, by zone and clock. */
class Times {
  readonly #times = new WeakValues<ZoneFormat>()

  of(zone: string, clock: Writing['clock']): ZoneFormat {
    // This version of Node.js may not know a stored zone.
    return this.#times.get(`${clock} ${zone}`, () => new ZoneFormat(isZone(zone) ? zone : 'UTC', clock))
  }
}
