import { faultPlaces } from '../../chat/machine/counts.ts'
import type { ChatEvent } from '../../chat/model/events.ts'
import { commands } from '../../commands/index.ts'
import { failureSamples } from '../../dialects/failure-samples.ts'
import { version } from '../../version.ts'
import { by, type Definition, split } from './metric.ts'
import { dialects } from './survey.ts'

const events: { readonly [T in ChatEvent['type']]: T } = {
  message: 'message',
  file: 'file',
  upload: 'upload',
  joined: 'joined',
  mention: 'mention',
  left: 'left',
  presence: 'presence',
  renamed: 'renamed',
  channel: 'channel',
  topic: 'topic',
  admin: 'admin',
  role: 'role',
  operator: 'operator',
  removed: 'removed',
  muted: 'muted',
  unmuted: 'unmuted',
  edited: 'edited',
  deleted: 'deleted',
  invited: 'invited',
  answered: 'answered',
  withdrawn: 'withdrawn',
  chosen: 'chosen',
  unchosen: 'unchosen',
  paired: 'paired',
  unpaired: 'unpaired',
  closing: 'closing',
  login: 'login',
  clock: 'clock',
  disk: 'disk',
  read: 'read',
  typing: 'typing',
}

/** The metrics that are read from the state of the server. */
export const definitions: readonly Definition[] = [
  // Whether it works
  {
    name: 'partyline_ready',
    type: 'gauge',
    help: '1 if the server can store what people say (see /readyz), else 0.',
    read: ({ problem }) => (problem === undefined ? 1 : 0),
  },
  {
    name: 'partyline_build_info',
    type: 'gauge',
    help: 'Always 1; the label has the version.',
    labels: { version: [version] },
    read: () => [[{ version }, 1]],
  },
  {
    name: 'partyline_event_loop_delay_seconds',
    type: 'gauge',
    help: 'Delay of the event loop in the last minute or two: the median, the 99th percentile and the maximum.',
    labels: { percentile: ['50', '99', '100'] },
    read: ({ delay }) => [
      [{ percentile: '50' }, delay.p50],
      [{ percentile: '99' }, delay.p99],
      [{ percentile: '100' }, delay.max],
    ],
  },

  // Connections
  {
    name: 'partyline_connections',
    type: 'gauge',
    help: 'Open connections. The dialect is none until it is known whether TLS will be spoken.',
    labels: { dialect: dialects, transport: ['tls', 'plain'] },
    read: ({ connections }) => split(connections.kinds, 'dialect', 'transport'),
  },
  {
    name: 'partyline_connections_limit',
    type: 'gauge',
    help: 'Largest number of connections allowed: limits.connections.',
    read: ({ connections }) => connections.limit,
  },
  {
    name: 'partyline_connections_peak',
    type: 'gauge',
    help: 'Largest number of simultaneous connections since the start.',
    read: ({ counts }) => counts.mostConnections,
  },
  {
    name: 'partyline_connections_accepted_total',
    type: 'counter',
    help: 'Connections that were accepted.',
    read: ({ counts }) => counts.accepted,
  },
  {
    name: 'partyline_connections_refused_total',
    type: 'counter',
    help: 'Connections that were refused: the address is banned, the server is full, there are too many from one address, or a listener with proxy got no PROXY header.',
    labels: { reason: ['banned', 'full', 'address', 'proxy'] },
    read: ({ counts }) => by('reason', counts.refused),
  },
  {
    name: 'partyline_tls_handshakes_total',
    type: 'counter',
    help: 'TLS handshakes.',
    labels: { outcome: ['done', 'failed'] },
    read: ({ counts }) => by('outcome', counts.handshakes),
  },
  {
    name: 'partyline_certificate_end_timestamp_seconds',
    type: 'gauge',
    help: 'Time when the first certificate expires, in seconds since 1970; missing if no listener has one.',
    read: ({ certificates }) =>
      certificates.length === 0 ? undefined : Math.min(...certificates.map(({ until }) => until)) / 1000,
  },
  {
    name: 'partyline_slow_readers_total',
    type: 'counter',
    help: 'Connections that were closed because more than limits.sendQueueBytes waited for them.',
    read: ({ counts }) => counts.slowReaders,
  },
  {
    name: 'partyline_faults_total',
    type: 'counter',
    help: 'Exceptions because of defects that concerned one connection, event or timer; the others did not notice. The log has each.',
    labels: { where: faultPlaces },
    read: ({ counts }) => by('where', counts.faults),
  },
  {
    name: 'partyline_send_queue_bytes',
    type: 'gauge',
    help: 'Bytes that wait for clients to read them, in all connections together.',
    read: ({ connections }) => connections.queuedBytes,
  },
  {
    name: 'partyline_send_queue_longest_bytes',
    type: 'gauge',
    help: 'Bytes that wait in the connection with the most of them.',
    read: ({ connections }) => connections.longestQueueBytes,
  },

  // People
  {
    name: 'partyline_people_online',
    type: 'gauge',
    help: 'People who are connected, each counted once.',
    labels: { kind: ['account', 'guest'] },
    read: ({ online }) => [
      [{ kind: 'account' }, online.account],
      [{ kind: 'guest' }, online.guest],
    ],
  },
  {
    name: 'partyline_accounts',
    type: 'gauge',
    help: 'Accounts.',
    read: ({ accounts }) => accounts,
  },
  {
    name: 'partyline_channels',
    type: 'gauge',
    help: 'Channels.',
    labels: { kind: ['public', 'private'] },
    read: ({ channels }) => [
      [{ kind: 'public' }, channels.public],
      [{ kind: 'private' }, channels.private],
    ],
  },
  {
    name: 'partyline_logins_total',
    type: 'counter',
    help: 'Logins, sign-ups and nicks.',
    labels: { kind: ['login', 'signup', 'guest'] },
    read: ({ counts }) => by('kind', counts.arrivals),
  },
  {
    name: 'partyline_login_failures_total',
    type: 'counter',
    help: 'Passwords, tokens and recovery codes that were wrong (secret), or were not checked because of earlier failures (wait) or because too many logins were waiting (busy).',
    labels: { reason: ['secret', 'wait', 'busy'] },
    read: ({ counts }) => by('reason', counts.loginFailures),
  },
  {
    name: 'partyline_passwords_pending',
    type: 'gauge',
    help: 'Passwords that are being hashed or compared, or wait for that.',
    read: ({ counts }) => counts.passwordsPending,
  },

  // Talking
  {
    name: 'partyline_messages_total',
    type: 'counter',
    help: 'Messages that were stored, and then shown.',
    labels: { kind: ['channel', 'direct', 'notice'] },
    read: ({ counts }) => by('kind', counts.messages),
  },
  {
    name: 'partyline_deliveries_total',
    type: 'counter',
    help: 'Events sent to connections, counted once for each connection; event="message" are messages.',
    labels: { event: Object.values(events) },
    read: ({ counts }) => by('event', counts.deliveries),
  },
  {
    name: 'partyline_commands_total',
    type: 'counter',
    help: 'Lines that were handled; say is a line of text, unknown is an unknown command.',
    labels: { command: ['say', 'unknown', ...commands.map(({ name }) => name)] },
    read: ({ counts }) => by('command', counts.commands),
  },
  {
    name: 'partyline_failures_total',
    type: 'counter',
    help: 'Lines that were answered with an error; internal is a defect that the log has.',
    labels: { code: Object.keys(failureSamples) },
    read: ({ counts }) => by('code', counts.failures),
  },
  {
    name: 'partyline_writes_total',
    type: 'counter',
    help: 'Writes to connections; everything that one turn of the event loop has for a connection is one write.',
    read: ({ counts }) => counts.writes,
  },
  {
    name: 'partyline_sent_bytes_total',
    type: 'counter',
    help: 'Bytes of text written to connections, without files.',
    read: ({ counts }) => counts.sentBytes,
  },

  // Store
  {
    name: 'partyline_commits_total',
    type: 'counter',
    help: 'Commits of the database. The changes in a failed commit were refused, and shown to nobody.',
    labels: { outcome: ['done', 'failed'] },
    read: ({ counts }) => by('outcome', counts.commits),
  },
  {
    name: 'partyline_database_bytes',
    type: 'gauge',
    help: 'Size of the database (main) and of its write-ahead log (log).',
    labels: { file: ['main', 'log'] },
    read: ({ database }) => [
      [{ file: 'main' }, database.bytes],
      [{ file: 'log' }, database.logBytes],
    ],
  },
  {
    name: 'partyline_search_unindexed_messages',
    type: 'gauge',
    help: 'New messages that are not indexed yet. Up to two thousand are normal; /search indexes them first.',
    read: ({ unindexed }) => unindexed,
  },
  {
    name: 'partyline_disk_free_bytes',
    type: 'gauge',
    help: 'Free room on the file system of the data directory.',
    read: ({ disk }) => disk?.free,
  },
  {
    name: 'partyline_disk_size_bytes',
    type: 'gauge',
    help: 'Size of the file system of the data directory.',
    read: ({ disk }) => disk?.bytes,
  },

  // Files
  {
    name: 'partyline_files',
    type: 'gauge',
    help: 'Files that people can get.',
    read: ({ files }) => files.whole,
  },
  {
    name: 'partyline_files_lost',
    type: 'gauge',
    help: 'Files whose bytes are missing or damaged on the disk. Nobody gets them; partyline status names them.',
    read: ({ lost }) => lost.length,
  },
  {
    name: 'partyline_files_bytes',
    type: 'gauge',
    help: 'Bytes that count against files.totalBytes: files, and uploads that run or can continue.',
    read: ({ files }) => files.bytes,
  },
  {
    name: 'partyline_uploads_running',
    type: 'gauge',
    help: 'Running uploads.',
    read: ({ files }) => files.running,
  },
  {
    name: 'partyline_file_transfers_total',
    type: 'counter',
    help: 'Uploads and downloads that were completed, broke off, or were refused.',
    labels: { direction: ['upload', 'download'], outcome: ['done', 'broken', 'refused'] },
    read: ({ counts }) => split(counts.transfers, 'direction', 'outcome'),
  },
  {
    name: 'partyline_file_bytes_total',
    type: 'counter',
    help: 'Bytes of files received and sent.',
    labels: { direction: ['upload', 'download'] },
    read: ({ counts }) => [
      [{ direction: 'upload' }, counts.fileBytesReceived],
      [{ direction: 'download' }, counts.fileBytesSent],
    ],
  },
]
