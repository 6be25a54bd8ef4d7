import { stringify } from 'yaml'

/** What is worth waking somebody for, or looking at tomorrow, and what to do then. */
export interface Alert {
  readonly name: string
  readonly expression: string
  /** How long it has to be so, as Prometheus writes it. */
  readonly for: string
  /** `page`: now; `ticket`: on the next working day. */
  readonly severity: 'page' | 'ticket'
  readonly summary: string
  readonly whatToDo: string
}

export const alerts: readonly Alert[] = [
  {
    name: 'PartylineDown',
    expression: 'up{job="partyline"} == 0',
    for: '2m',
    severity: 'page',
    summary: 'Prometheus cannot reach the server.',
    whatToDo:
      'See whether the process runs (partyline status) and what its log ends with. If it runs, see whether http.listen is an address that Prometheus can reach.',
  },
  {
    name: 'PartylineNotReady',
    expression: 'partyline_ready == 0',
    for: '2m',
    severity: 'page',
    summary: 'The server cannot store anything: people read, but nothing they say is taken.',
    whatToDo:
      'Ask partyline status, or /readyz, why. Make room on the disk, mount it to be written again, or end the program that has locked the database; the server goes on by itself.',
  },
  {
    name: 'PartylineRefusesWrites',
    expression: 'increase(partyline_commits_total{outcome="failed"}[5m]) > 0',
    for: '1m',
    severity: 'page',
    summary: 'Commits fail now and then, and what was in them was refused.',
    whatToDo:
      'The log has the cause at "command failed". Look after the disk: room, quota, errors in the kernel log.',
  },
  {
    name: 'PartylineDiskNearlyFull',
    expression: 'partyline_disk_free_bytes / partyline_disk_size_bytes < 0.1',
    for: '10m',
    severity: 'page',
    summary: 'Less than a tenth of the disk of the data directory is free.',
    whatToDo:
      'Find out what grows: partyline_files_bytes and partyline_database_bytes tell whether it is files or messages. Lower files.totalBytes or files.keepHours and reload, or make the disk larger.',
  },
  {
    name: 'PartylineFilesLost',
    expression: 'partyline_files_lost > 0',
    for: '1m',
    severity: 'page',
    summary: 'Bytes of files are missing or damaged on the disk, and nobody gets those files.',
    whatToDo:
      'Ask partyline status, which names them. See whether the disk is mounted that the folder of files is on, and what the kernel log says of it; an older backup may have them. Who sent one can send it again.',
  },
  {
    name: 'PartylineDiskFullTomorrow',
    expression: 'predict_linear(partyline_disk_free_bytes[6h], 24 * 3600) < 0',
    for: '1h',
    severity: 'ticket',
    summary: 'If it goes on like this the disk is full within a day.',
    whatToDo: 'As for PartylineDiskNearlyFull, with more time.',
  },
  {
    name: 'PartylineCertificateExpired',
    expression: 'partyline_certificate_end_timestamp_seconds - time() < 0',
    for: '1m',
    severity: 'page',
    summary: 'A certificate has expired: clients that look at it do not get in.',
    whatToDo:
      'Renew it, put it where listeners[].tls names it, and partyline reload. partyline status names it.',
  },
  {
    name: 'PartylineCertificateEnds',
    expression: 'partyline_certificate_end_timestamp_seconds - time() < 1209600',
    for: '1h',
    severity: 'ticket',
    summary: 'A certificate expires within two weeks, so its renewal has failed.',
    whatToDo:
      'See what renews it (certbot renew --dry-run), and whether the new files come to where listeners[].tls names them, with partyline reload after that.',
  },
  {
    name: 'PartylineEventLoopLate',
    expression: 'partyline_event_loop_delay_seconds{percentile="99"} > 0.1',
    for: '5m',
    severity: 'page',
    summary: 'Everybody waits: the one thread that serves all of them is late by more than 100 ms.',
    whatToDo:
      'See what there is too much of: rate(partyline_deliveries_total[5m]), rate(partyline_commands_total[5m]), or a machine that is busy otherwise. limits.messagesPerSecond and limits.connections hold it down, with partyline reload.',
  },
  {
    name: 'PartylineCommitsSlow',
    expression: 'histogram_quantile(0.99, rate(partyline_commit_seconds_bucket[5m])) > 0.5',
    for: '10m',
    severity: 'ticket',
    summary: 'Of a hundred commits one takes longer than half a second, and lines are shown as much later.',
    whatToDo:
      'The disk is slow or busy: see what else writes to it, and whether it is one that syncs quickly (not a network share). store.synchronous: normal waits for it less often.',
  },
  {
    name: 'PartylineConnectionsNearLimit',
    expression:
      'sum without (dialect, transport) (partyline_connections) / partyline_connections_limit > 0.9',
    for: '5m',
    severity: 'page',
    summary: 'Soon nobody can connect any more: nine of ten connections are taken.',
    whatToDo:
      'Raise limits.connections and reload, within what process_max_fds allows. If they are not people: partyline_connections_refused_total, the addresses in the log, and /banaddress.',
  },
  {
    name: 'PartylineFilesOpenNearLimit',
    expression: 'process_open_fds{job="partyline"} / process_max_fds{job="partyline"} > 0.9',
    for: '5m',
    severity: 'page',
    summary: 'The system will soon refuse the process more connections and files.',
    whatToDo: 'Start it with a higher limit (ulimit -n, LimitNOFILE=), or lower limits.connections.',
  },
  {
    name: 'PartylineFailedLogins',
    expression: 'sum without (reason) (increase(partyline_login_failures_total[10m])) > 100',
    for: '0m',
    severity: 'ticket',
    summary: 'Somebody guesses passwords: more than 100 failed within ten minutes.',
    whatToDo:
      'Guessing is slowed down already. /logins tells which names and addresses; /banaddress keeps an address out.',
  },
  {
    name: 'PartylineInternalErrors',
    expression: 'increase(partyline_failures_total{code="internal"}[10m]) > 0',
    for: '0m',
    severity: 'ticket',
    summary: 'A defect: somebody was told of an internal error.',
    whatToDo: 'The log has it at "command failed", with where it happened: report that.',
  },
]

/** docs/alerts.yaml: rules for Prometheus. */
export function printAlerts(): string {
  const rules = alerts.map(({ expression, for: time, name, severity, summary, whatToDo }) => ({
    alert: name,
    expr: expression,
    for: time,
    labels: { severity },
    annotations: { summary, description: whatToDo },
  }))
  return [
    '# Alerting rules for Prometheus. Printed from server/operator/printed/alerts.ts by `npm run docs`.',
    '# Name this file in rule_files of prometheus.yml; docs/metrics.md says more.',
    stringify({ groups: [{ name: 'partyline', rules }] }, { lineWidth: 100 }),
  ].join('\n')
}
