import type { FailureCode, Problem } from '../../chat/model/failures.ts'
import type { ZoneFormat } from '../../lib/zones.ts'

/** A text for each failure, by its code. Without `times`, times in it are ISO 8601. */
export type FailureTexts = {
  readonly [C in FailureCode]: (problem: Extract<Problem, { code: C }>, times?: ZoneFormat) => string
}
