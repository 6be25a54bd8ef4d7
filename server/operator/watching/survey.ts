import { stat, statfs } from 'node:fs/promises'
import type { LostFile } from '../../chat/files/lost-files.ts'
import { type Counts, Tally } from '../../chat/machine/counts.ts'
import { formats } from '../../chat/model/manner.ts'
import type { Store } from '../../chat/ports/store.ts'
import type { Stranger } from '../../chat/ports/vault.ts'
import type { Services } from '../../commands/services.ts'
import type { CertificateEnd } from '../../lib/certificate-end.ts'
import type { Delay, LoopDelay } from './loop-delay.ts'
import type { Readiness } from './readiness.ts'

/** What is counted as spoken: a dialect, a request for the page, a file, or nothing yet. */
export const dialects = [...formats, 'http', 'file', 'none'] as const

/** The connections of a server, as far as they are counted. */
export interface Connections {
  readonly size: number
  readonly connections: readonly {
    readonly dialect: string
    readonly encrypted: boolean
    readonly queuedBytes: number
  }[]
}

export interface SurveyParts {
  readonly counts: Counts
  readonly services: Services
  readonly store: Store
  readonly admission: Connections
  readonly certificates: () => readonly CertificateEnd[]
  readonly loopDelay: LoopDelay
  readonly readiness: Readiness
  readonly limits: { readonly connections: number }
  readonly dataDirectory: string
  /** The file of the database. */
  readonly database: string
}

/** The state of a server at one moment. Sizes in bytes. */
export interface Survey {
  readonly counts: Counts
  readonly connections: {
    readonly size: number
    readonly limit: number
    /** By dialect, and `tls` or `plain`; a connection that has not spoken yet has no dialect. */
    readonly kinds: Tally<`${string} ${'tls' | 'plain'}`>
    readonly queuedBytes: number
    readonly longestQueueBytes: number
  }
  readonly certificates: readonly CertificateEnd[]
  readonly online: { readonly account: number; readonly guest: number }
  readonly accounts: number
  readonly channels: { readonly public: number; readonly private: number }
  readonly files: { readonly whole: number; readonly running: number; readonly bytes: number }
  readonly lost: readonly LostFile[]
  /** The reason why the folder of files does not belong to the database; undefined if it does. */
  readonly stranger: Stranger | undefined
  readonly database: { readonly bytes: number; readonly logBytes: number }
  /** undefined if it is unknown. */
  readonly disk: { readonly bytes: number; readonly free: number } | undefined
  readonly unindexed: number
  readonly delay: Delay
  /** Why the server cannot do its work: see Readiness. */
  readonly problem: string | undefined
}

/** Collects everything once; takes as long as a commit, and at most two seconds. */
export async function takeSurvey(parts: SurveyParts): Promise<Survey> {
  const { counts, dataDirectory, database, loopDelay, readiness, services, store } = parts
  const { channels, directory, fileRemoval, shelf } = services
  const [bytes, logBytes, disk, unindexed, problem] = await Promise.all([
    sizeOf(database),
    sizeOf(`${database}-wal`),
    diskOf(dataDirectory),
    store.unindexed().catch(() => 0),
    readiness.problem(),
  ])
  let guest = 0
  for (const { listeners } of directory.guests()) if (listeners.size > 0) guest++
  return {
    counts,
    connections: connectionsOf(parts),
    certificates: parts.certificates(),
    online: { account: directory.connected.size, guest },
    accounts: directory.accountCount,
    channels: channels.counted(),
    files: { ...shelf.counted(), bytes: shelf.bytes },
    lost: services.lostFiles.list(),
    stranger: fileRemoval.stranger,
    database: { bytes, logBytes },
    disk,
    unindexed,
    delay: loopDelay.lately,
    problem,
  }
}

function connectionsOf({ admission, limits }: SurveyParts): Survey['connections'] {
  const kinds: Survey['connections']['kinds'] = new Tally()
  let queuedBytes = 0
  let longestQueueBytes = 0
  for (const connection of admission.connections) {
    kinds.add(`${connection.dialect} ${connection.encrypted ? 'tls' : 'plain'}`)
    queuedBytes += connection.queuedBytes
    longestQueueBytes = Math.max(longestQueueBytes, connection.queuedBytes)
  }
  const waiting = admission.size - kinds.total
  if (waiting > 0) kinds.add('none plain', waiting)
  return { size: admission.size, limit: limits.connections, kinds, queuedBytes, longestQueueBytes }
}

/** The size of a file; 0 if it does not exist. */
async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  )
}

async function diskOf(directory: string): Promise<Survey['disk']> {
  return statfs(directory).then(
    ({ bavail, blocks, bsize }) => ({ bytes: blocks * bsize, free: bavail * bsize }),
    () => undefined,
  )
}
