import type { ServerStats } from '../../chat/model/stats.ts'
import { sizeText } from '../../lib/sizes.ts'
import { plural } from './layout.ts'

/** The state of the server, as rows of a table: a heading and a text. */
export function statsRows(stats: Omit<ServerStats, 'startedAt'>): string[][] {
  const { commits, database, disk, eventLoop, failedLogins, files, messages, online, sinceStart } = stats
  const people = online.accounts + online.guests
  return [
    ['Version', `${stats.version}, on Node.js ${stats.node}, up ${spanText(stats.uptimeSeconds)}`],
    ['Listening', stats.listeners.map(listenerText).join(', ')],
    ...(stats.certificates ?? []).map(({ file, until }) => [
      'Certificate',
      `valid until ${until.slice(0, 10)}: ${file}`,
    ]),
    [
      'Online',
      `${plural(people, 'person', 'people')}${online.guests > 0 ? ` (${plural(online.guests, 'guest')})` : ''}`,
    ],
    [
      'Connections',
      `${number(online.connections)}, at most ${number(online.mostConnections)} so far, limit ${number(online.maxConnections)}`,
    ],
    ['Known', `${plural(stats.accounts, 'account')}, ${plural(stats.channels, 'channel')}`],
    [
      'Messages',
      messages ? `${number(messages.total)}, ${number(messages.today)} of them today` : 'cannot be read',
    ],
    [
      'Since start',
      `${number(sinceStart.messages)} ${sinceStart.messages === 1 ? 'message' : 'messages'}; ${number(sinceStart.deliveries)} ${sinceStart.deliveries === 1 ? 'delivery' : 'deliveries'}`,
    ],
    [
      'Came in',
      `${plural(sinceStart.logins, 'login')}, ${plural(sinceStart.signups, 'sign-up')}, ${plural(sinceStart.failedLogins, 'wrong password')}`,
    ],
    ...(failedLogins.lately === 0
      ? []
      : [
          [
            'Failing',
            `${plural(failedLogins.lately, 'name or address', 'names and addresses')} lately, ${number(failedLogins.waiting)} locked out for now: /logins`,
          ],
        ]),
    ['Database', sizeText(database.bytes)],
    ['Files', `${plural(files.count, 'file')}, ${sizeText(files.bytes)}`],
    ...(disk ? [['Disk', `${sizeText(disk.free)} of ${sizeText(disk.bytes)} free`]] : []),
    [
      'Commits',
      commits.count === 0
        ? 'none yet'
        : `${number(commits.count)} in ${msText(commits.meanMs)} on average, 99 % within ${msText(commits.p99Ms)}; ${number(commits.failed)} failed`,
    ],
    [
      'Event loop',
      `99 % of the time no more than ${msText(eventLoop.p99Ms)} late, ${msText(eventLoop.maxMs)} at worst`,
    ],
    ['Memory', sizeText(stats.memory.bytes)],
  ]
}

/** What the operator should look after; or that all is well. */
export function warningLines({ warnings }: Pick<ServerStats, 'warnings'>): string[] {
  return warnings.length === 0 ? ['All is well.'] : warnings.map((warning) => `Look after this: ${warning}`)
}

function listenerText(listener: ServerStats['listeners'][number]): string {
  const { host, port, tls } = listener
  const how = [...(listener.for === 'chat' ? [] : [listener.for]), ...(tls ? ['TLS'] : [])]
  return `${host.includes(':') ? `[${host}]` : host}:${port}${how.length > 0 ? ` (${how.join(', ')})` : ''}`
}

/** A duration in seconds, in at most two units. */
export function spanText(seconds: number): string {
  const days = Math.floor(seconds / 86_400)
  const hours = Math.floor((seconds % 86_400) / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  if (days > 0) return `${plural(days, 'day')} ${plural(hours, 'hour')}`
  if (hours > 0) return `${plural(hours, 'hour')} ${plural(minutes, 'minute')}`
  return minutes > 0 ? plural(minutes, 'minute') : plural(Math.floor(seconds), 'second')
}

function msText(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`
  return `${ms >= 10 ? Math.round(ms) : Number(ms.toFixed(1))} ms`
}

/** A number with commas between thousands. */
function number(value: number): string {
  return value.toLocaleString('en-US')
}
