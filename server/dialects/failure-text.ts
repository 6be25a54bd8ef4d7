import type { Problem } from '../chat/model/failures.ts'
import type { ZoneFormat } from '../lib/zones.ts'
import { accountFailures } from './failures/accounts.ts'
import { channelFailures } from './failures/channels.ts'
import type { FailureTexts } from './failures/failure-texts.ts'
import { fileFailures } from './failures/files.ts'
import { limitFailures } from './failures/limits.ts'
import { lineFailures } from './failures/lines.ts'
import { nameFailures } from './failures/names.ts'
import { rightFailures } from './failures/rights.ts'
import { serverFailures } from './failures/server.ts'
import { talkFailures } from './failures/talk.ts'

/** The text for somebody to whom an event could not be shown because of a defect. */
export const notShownText = 'Something that was for you could not be shown. The operator finds it in the log.'

/** Each code stands in the file of its subject: one that has no text does not compile. */
const texts: FailureTexts = {
  ...lineFailures,
  ...rightFailures,
  ...accountFailures,
  ...nameFailures,
  ...channelFailures,
  ...talkFailures,
  ...fileFailures,
  ...limitFailures,
  ...serverFailures,
}

/**
 * Says in one or two sentences what went wrong and what to do; the same in every dialect. Without `times`, times in the
 * text are ISO 8601.
 */
export function failureText(problem: Problem, times?: ZoneFormat): string {
  const text: (problem: never, times?: ZoneFormat) => string = texts[problem.code]
  return text(problem as never, times)
}
