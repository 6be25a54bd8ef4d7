/** The certificate that a listener shows, and when it ends, in ms since the epoch. */
export interface CertificateEnd {
  readonly file: string
  readonly until: number
}

const dayMs = 86_400_000
/** Certificates are renewed a month before their end: who has none two weeks before has missed that. */
export const certificateNoticeMs = 14 * dayMs

/** That a certificate has expired, or soon will; undefined if there is time. */
export function endText({ file, until }: CertificateEnd, now: number): string | undefined {
  if (until <= now) return `The certificate "${file}" has expired on ${dayOf(until)}: renew it.`
  if (until - now > certificateNoticeMs) return undefined
  const days = Math.floor((until - now) / dayMs)
  const left = days === 0 ? 'within a day' : `in ${days} day${days === 1 ? '' : 's'}`
  return `The certificate "${file}" expires ${left}, on ${dayOf(until)}: renew it.`
}

/** As ISO 8601 writes it. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
