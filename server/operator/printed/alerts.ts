import { stringify } from 'yaml'

/** A condition that is worth waking somebody for, or looking at tomorrow, and what to do then. */
export interface Alert {
  readonly name: string
  readonly expression: string
  /** How long the expression has to hold, as Prometheus writes durations. */
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
      'Check whether the process runs (partyline status), and read the end of its log. If it runs, check whether Prometheus can reach the address in http.listen.',
  },
  {
    name: 'PartylineNotReady',
    expression: 'partyline_ready == 0',
    for: '2m',
    severity: 'page',
    summary: 'The server cannot store anything: people can read, but not say anything.',
    whatToDo:
      'partyline status and /readyz say why. Make room on the disk, mount it writable, or end the program that has locked the database; the server then continues by itself.',
  },
  {
    name: 'PartylineRefusesWrites',
    expression: 'increase(partyline_commits_total{outcome="failed"}[5m]) > 0',
    for: '1m',
    severity: 'page',
    summary: 'Some commits fail, and the messages and changes in them are refused.',
    whatToDo:
      'The log has the cause at "command failed". Check the disk: room, quota, errors in the kernel log.',
  },
  {
    name: 'PartylineDiskNearlyFull',
    expression: 'partyline_disk_free_bytes / partyline_disk_size_bytes < 0.1',
    for: '10m',
    severity: 'page',
    summary: 'Less than a tenth of the disk of the data directory is free.',
    whatToDo:
      'Find out what grows: partyline_files_bytes and partyline_database_bytes show whether it is files or messages. Lower files.totalBytes or files.keepHours and reload, or make the disk larger.',
  },
  {
    name: 'PartylineFilesLost',
    expression: 'partyline_files_lost > 0',
    for: '1m',
    severity: 'page',
    summary: 'Bytes of files are missing or damaged on the disk, and nobody gets those files.',
    whatToDo:
      'partyline status names them. Check whether the disk with the folder of files is mounted, and what the kernel log says about it. An older backup may have the files, and the sender of a file can send it again.',
  },
  {
    name: 'PartylineDiskFullTomorrow',
    expression: 'predict_linear(partyline_disk_free_bytes[6h], 24 * 3600) < 0',
    for: '1h',
    severity: 'ticket',
    summary: 'If this goes on, the disk is full within a day.',
    whatToDo: 'As for PartylineDiskNearlyFull, with more time.',
  },
  {
    name: 'PartylineCertificateExpired',
    expression: 'partyline_certificate_end_timestamp_seconds - time() < 0',
    for: '1m',
    severity: 'page',
    summary: 'A certificate has expired: clients that check it cannot connect.',
    whatToDo:
      'partyline status names it. Renew it, put the files where listeners[].tls says, and run partyline reload.',
  },
  {
    name: 'PartylineCertificateEnds',
    expression: 'partyline_certificate_end_timestamp_seconds - time() < 1209600',
    for: '1h',
    severity: 'ticket',
    summary: 'A certificate expires within two weeks, so its renewal has failed.',
    whatToDo:
      'Check the program that renews it (certbot renew --dry-run), whether the new files arrive where listeners[].tls says, and whether partyline reload runs after that.',
  },
  {
    name: 'PartylineEventLoopLate',
    expression: 'partyline_event_loop_delay_seconds{percentile="99"} > 0.1',
    for: '5m',
    severity: 'page',
    summary: 'Everybody waits: the thread that serves all connections is late by more than 100 ms.',
    whatToDo:
      'Find the cause: rate(partyline_deliveries_total[5m]), rate(partyline_commands_total[5m]), or other programs on the machine. Lower limits.messagesPerSecond or limits.connections, and run partyline reload.',
  },
  {
    name: 'PartylineCommitsSlow',
    expression: 'histogram_quantile(0.99, rate(partyline_commit_seconds_bucket[5m])) > 0.5',
    for: '10m',
    severity: 'ticket',
    summary:
      'One commit in a hundred takes longer than half a second, and lines are shown later by that time.',
    whatToDo:
      'The disk is slow or busy: find out what else writes to it, and use a disk that syncs quickly (not a network share). With store.synchronous: normal, the server waits for the disk less often.',
  },
  {
    name: 'PartylineConnectionsNearLimit',
    expression:
      'sum without (dialect, transport) (partyline_connections) / partyline_connections_limit > 0.9',
    for: '5m',
    severity: 'page',
    summary: 'Soon nobody can connect any more: nine of ten connections are in use.',
    whatToDo:
      'Raise limits.connections and reload, but stay below process_max_fds. If the connections are not people, look at partyline_connections_refused_total and the addresses in the log, and use /banaddress.',
  },
  {
    name: 'PartylineFilesOpenNearLimit',
    expression: 'process_open_fds{job="partyline"} / process_max_fds{job="partyline"} > 0.9',
    for: '5m',
    severity: 'page',
    summary: 'Soon the system will refuse more connections and files to the process.',
    whatToDo: 'Start it with a higher limit (ulimit -n, LimitNOFILE=), or lower limits.connections.',
  },
  {
    name: 'PartylineFailedLogins',
    expression: 'sum without (reason) (increase(partyline_login_failures_total[10m])) > 100',
    for: '0m',
    severity: 'ticket',
    summary: 'Somebody guesses passwords: more than 100 logins failed within ten minutes.',
    whatToDo:
      'The server already slows down guessing. /logins shows the names and addresses; /banaddress bans an address.',
  },
  {
    name: 'PartylineInternalErrors',
    expression: 'increase(partyline_failures_total{code="internal"}[10m]) > 0',
    for: '0m',
    severity: 'ticket',
    summary: 'There is a defect: somebody got an internal error.',
    whatToDo: 'Report the line "command failed" of the log, which says where it happened.',
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
