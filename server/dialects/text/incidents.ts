import type { IncidentReport } from '../../chat/model/incidents.ts'
import type { Tally } from '../../lib/occurrences.ts'
import { sizeText } from '../../lib/sizes.ts'
import type { ZoneFormat } from '../../lib/zones.ts'
import { plural } from './layout.ts'

/** What an operator reads at login about recent incidents. */
export function incidentLines(report: IncidentReport, { times }: { readonly times: ZoneFormat }): string[] {
  const { bans, certificates, disk, errors, failedLogins, since, warnings } = report
  const log = [
    ...(errors ? [`${counted(errors, 'error')}: ${listed(errors)}`] : []),
    ...(warnings ? [`${counted(warnings, 'warning')}: ${listed(warnings)}`] : []),
  ]
  return [
    `* For operators, since ${times.dateTime(since)}:`,
    ...(failedLogins
      ? [
          `* ${counted(failedLogins.names, 'failed login')}, as ${listed(failedLogins.names)}, from ${listed(failedLogins.addresses)}. /logins shows who has to wait.`,
        ]
      : []),
    ...(bans.length > 0
      ? [`* Banned: ${bans.map(({ by, cidr }) => `${cidr} (by ${by})`).join(', ')}. /banaddress lists all.`]
      : []),
    ...(log.length > 0 ? [`* In the log: ${log.join('; ')}.`] : []),
    ...certificates.map(
      ({ file, until }) => `* The certificate ${file} is valid until ${times.dateTime(until)}: renew it.`,
    ),
    ...(disk
      ? [
          `* Disk: ${sizeText(disk.free)} of ${sizeText(disk.total)} free; the database has ${sizeText(disk.database)}.`,
        ]
      : []),
  ]
}

function counted({ count, more }: Tally, what: string): string {
  return more ? `more than ${plural(count, what)}` : plural(count, what)
}

function listed({ count: all, more, most }: Tally): string {
  const told = most.reduce((sum, { count }) => sum + count, 0)
  const others = more || told < all ? ' and others' : ''
  return most.map(({ of, count }) => `${of} (${count})`).join(', ') + others
}
