import type { ZoneFormat } from '../../lib/zones.ts'
import type { Place } from '../paste.ts'

/** What a person reads on. */
export interface Screen {
  readonly times: ZoneFormat
  /** Columns. */
  readonly width: number
  /** What lines to paste name the server by. */
  readonly place: Place
}
