import type { CertificateEnd } from '../../lib/certificate-end.ts'
import type { DiskSpace } from '../../lib/disk-space.ts'
import type { Tally } from '../../lib/occurrences.ts'

/** What an operator should know of since the last time. Times are in ms since the epoch. */
export interface IncidentReport {
  readonly since: number
  /** By the names that were tried, and by addresses; undefined if there were none. */
  readonly failedLogins: { readonly names: Tally; readonly addresses: Tally } | undefined
  /** Addresses that other operators have banned. */
  readonly bans: readonly { readonly cidr: string; readonly by: string; readonly at: number }[]
  /** Lines of the log by their message; undefined if there were none. */
  readonly errors: Tally | undefined
  readonly warnings: Tally | undefined
  readonly disk: DiskSpace | undefined
  /** Certificates that have expired or soon will. */
  readonly certificates: readonly CertificateEnd[]
}
