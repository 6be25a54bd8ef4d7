/** The certificate of a listener, and when it expires, in ms since the epoch. */
export interface CertificateEnd {
  readonly file: string
  readonly until: number
}

const dayMs = 86_400_000
/** Certificates are usually renewed a month before their end, so two weeks before it the renewal has failed (ms). */
export const certificateNoticeMs = 14 * dayMs

/** A warning that a certificate has expired, or will soon; undefined if there is time. */
export function endText({ file, until }: CertificateEnd, now: number): string | undefined {
  if (until <= now) return `The certificate "${file}" has expired on ${dayOf(until)}: renew it.`
  if (until - now > certificateNoticeMs) return undefined
  const days = Math.floor((until - now) / dayMs)
  const left = days === 0 ? 'within a day' : `in ${days} day${days === 1 ? '' : 's'}`
  return `The certificate "${file}" expires ${left}, on ${dayOf(until)}: renew it.`
}

/** The day in ISO 8601. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
