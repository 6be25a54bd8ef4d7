import type { ServerStats } from '../../chat/model/stats.ts'
import { strangerText } from '../../chat/ports/vault.ts'
import type { Timeline } from '../../chat/presence/timeline.ts'
import { plural } from '../../dialects/text/layout.ts'
import { spanText } from '../../dialects/text/stats.ts'
import { endText } from '../../lib/certificate-end.ts'
import type { Clock } from '../../lib/clock.ts'
import { sizeText } from '../../lib/sizes.ts'
import { startOfDay, ZoneFormat, zoneOf } from '../../lib/zones.ts'
import { why } from '../../store/errors.ts'
import { version } from '../../version.ts'
import type { OwnDirectory } from '../directory/own-directory.ts'
import { LoopDelay } from './loop-delay.ts'
import { Readiness } from './readiness.ts'
import { type Metrics, summaryOf } from './registry.ts'
import { type Survey, type SurveyParts, takeSurvey } from './survey.ts'

type Parts = Omit<SurveyParts, 'loopDelay' | 'readiness'> & {
  readonly metrics: Metrics
  readonly clock: Clock
  readonly timeline: Timeline
  readonly own: Pick<OwnDirectory, 'gone'>
  /** The reason why the last reload was refused; undefined if it was not. */
  readonly refusal: () => string | undefined
  /** For the server's time zone, which decides what was "today". */
  readonly terminal: { readonly timeZone: string }
  readonly files: { readonly freeSpaceBytes: number }
  readonly listening: ServerStats['listeners']
}

/** From here on an operator is told, in /stats: of the event loop only if half of all lines wait for others. */
const limits = {
  connections: 0.9,
  unindexed: 10_000,
  delaySeconds: 0.05,
  aheadMs: 60_000,
  failedSeconds: 3600,
}

/**
 * Reports the state of a running server: in one word to a supervisor, in numbers to Prometheus, in lines to an
 * operator.
 */
export class Watch {
  readonly #parts: Parts & SurveyParts
  readonly #readiness: Readiness
  readonly #loopDelay: LoopDelay
  readonly #startedAt: number
  readonly #startTicks: number

  constructor(parts: Parts) {
    const { clock, store } = parts
    this.#readiness = new Readiness(store, clock)
    this.#loopDelay = new LoopDelay(clock)
    this.#parts = { ...parts, readiness: this.#readiness, loopDelay: this.#loopDelay }
    this.#startedAt = clock.now()
    this.#startTicks = clock.ticks()
  }

  /** Why the server cannot do its work: see Readiness. */
  problem(): Promise<string | undefined> {
    return this.#readiness.problem()
  }

  async metrics(): Promise<{ type: string; text: string }> {
    return this.#parts.metrics.print(await takeSurvey(this.#parts))
  }

  async stats(): Promise<ServerStats> {
    const { clock, counts, listening, metrics, services, store, terminal } = this.#parts
    const zone = zoneOf(terminal.timeZone)
    const now = clock.now()
    const today = startOfDay(new ZoneFormat(zone, '24').date(now), zone) ?? now
    // Check it now: the operator may just have mounted a disk.
    await services.lostFiles.look().catch(() => undefined)
    const survey = await takeSurvey(this.#parts)
    const { certificates, connections, database, delay, disk, files, online } = survey
    // A damaged page affects only this number, not all the others.
    const messages = await Promise.all([store.countMessages(), store.countMessages(today)]).then(
      ([total, thisDay]) => ({ total, today: thisDay }),
      () => undefined,
    )
    const commits = await summaryOf(metrics.measures.commitSeconds)
    const failed = services.logins.failures()
    return {
      version,
      node: process.version,
      startedAt: this.#startedAt,
      uptimeSeconds: Math.floor((clock.ticks() - this.#startTicks) / 1000),
      listeners: listening,
      ...(certificates.length > 0
        ? {
            certificates: certificates.map(({ file, until }) => ({
              file,
              until: new Date(until).toISOString(),
            })),
          }
        : {}),
      online: {
        accounts: online.account,
        guests: online.guest,
        connections: connections.size,
        mostConnections: counts.mostConnections,
        maxConnections: connections.limit,
      },
      accounts: survey.accounts,
      channels: survey.channels.public + survey.channels.private,
      ...(messages === undefined ? {} : { messages }),
      sinceStart: {
        messages: counts.messages.total,
        deliveries: counts.deliveries.total,
        logins: counts.arrivals.of('login'),
        signups: counts.arrivals.of('signup'),
        failedLogins: counts.loginFailures.of('secret'),
        slowReaders: counts.slowReaders,
      },
      database: { bytes: database.bytes + database.logBytes },
      files: { count: files.whole, bytes: files.bytes },
      ...(disk ? { disk } : {}),
      commits: {
        count: counts.commits.of('done'),
        failed: counts.commits.of('failed'),
        meanMs: milliseconds(commits.mean),
        p99Ms: milliseconds(commits.p99),
      },
      eventLoop: { p99Ms: milliseconds(delay.p99), maxMs: milliseconds(delay.max) },
      memory: { bytes: process.memoryUsage.rss() },
      failedLogins: {
        lately: failed.length,
        waiting: failed.filter(({ until }) => until > now).length,
      },
      warnings: [
        ...(messages === undefined
          ? ['messages cannot be read: "partyline check" says whether the database is damaged.']
          : []),
        ...this.#warnings(survey),
      ],
    }
  }

  /** Marks the server as stopping, so that nobody is sent here any more. */
  stopping(): void {
    this.#readiness.stop()
  }

  close(): void {
    this.#loopDelay.stop()
  }

  #warnings({
    certificates,
    connections,
    delay,
    disk,
    lost,
    problem,
    stranger,
    unindexed,
  }: Survey): string[] {
    const { freeSpaceBytes } = this.#parts.files
    const found = certificates.flatMap((end) => endText(end, this.#parts.clock.now()) ?? [])
    if (problem !== undefined) found.push(`${problem}.`)
    const gone = this.#parts.own.gone()
    if (gone.length > 0)
      found.push(
        `${gone.join(' and ')} ${gone.length === 1 ? 'was' : 'were'} removed or replaced while the server has it open: what is said since is kept only as long as it runs. Put it back before it is stopped; docs/operating.md says how.`,
      )
    found.push(...this.#failedCommits())
    if (stranger !== undefined)
      found.push(`the files are not those of the database: ${strangerText[stranger]}.`)
    if (lost.length > 0)
      found.push(
        `the bytes of ${plural(lost.length, 'file')} are missing or damaged on the disk: ${lostText(lost)}. Is the disk mounted? A backup may have them.`,
      )
    if (disk && disk.free < freeSpaceBytes)
      found.push(
        `only ${sizeText(disk.free)} are free on the disk, and files want ${sizeText(freeSpaceBytes)}.`,
      )
    if (this.#parts.services.freeSpace.low)
      found.push(
        'nothing that people say is taken: less is free on the disk than store.freeSpaceBytes wants. Make room.',
      )
    const refusal = this.#parts.refusal()
    if (refusal !== undefined)
      found.push(`the last reload was refused, and a restart may be, too: ${refusal}`)
    const jumped = this.#parts.services.clockTrust.aheadMs
    if (jumped > 0)
      found.push(
        `the clock is ${spanText(jumped / 1000)} ahead of where it should be, so nothing is removed for its age. Set it right; if it is right, wait a day, or "partyline prune --clock-is-right".`,
      )
    const ahead = this.#parts.timeline.aheadOf(this.#parts.clock.now())
    if (ahead > limits.aheadMs)
      found.push(
        `the newest message is ${spanText(ahead / 1000)} ahead of the clock, and so is what is said until the clock gets there. Is it right?`,
      )
    if (connections.size >= connections.limit * limits.connections)
      found.push(`${connections.size} of ${connections.limit} connections are taken (limits.connections).`)
    if (delay.p50 > limits.delaySeconds)
      found.push(
        `lines wait for others: the event loop was ${Math.round(delay.p50 * 1000)} ms late half of the time.`,
      )
    if (unindexed > limits.unindexed)
      found.push(`${unindexed} messages are not indexed yet, and the next /search waits for that.`)
    return found
  }

  /** That nobody thinks all is well because the next change was stored again. */
  #failedCommits(): string[] {
    const { commits, failedCommit } = this.#parts.counts
    const ago = failedCommit && (performance.now() - failedCommit.at) / 1000
    if (ago === undefined || ago > limits.failedSeconds) return []
    return [
      `${plural(commits.of('failed'), 'commit')} failed since the start, the last one ${spanText(ago)} ago: ${why(failedCommit?.error)}.`,
    ]
  }
}

const mostNamed = 5

function lostText(lost: Survey['lost']): string {
  const names = lost.slice(0, mostNamed).map(({ file, why }) => `${file.name} (${file.id}, ${why})`)
  const more = lost.length - names.length
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** A number with a readable count of digits. */
function milliseconds(seconds: number): number {
  return Math.round(seconds * 1e5) / 100
}
