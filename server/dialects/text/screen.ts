import type { ZoneFormat } from '../../lib/zones.ts'
import type { Place } from '../paste.ts'

/** The screen of a person: how times and rows are written for it. */
export interface Screen {
  readonly times: ZoneFormat
  /** The width in columns. */
  readonly width: number
  /** The address of the server in lines to paste. */
  readonly place: Place
}
