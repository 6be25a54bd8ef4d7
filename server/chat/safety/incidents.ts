import { type CertificateEnd, certificateNoticeMs } from '../../lib/certificate-end.ts'
import type { Clock } from '../../lib/clock.ts'
import type { DiskSpace } from '../../lib/disk-space.ts'
import { Occurrences, type Tally } from '../../lib/occurrences.ts'
import type { IncidentReport } from '../model/incidents.ts'
import type { Account } from '../model/people.ts'
import type { Directory } from '../people/directory.ts'
import type { AddressBans } from './address-bans.ts'

/** The most names, addresses and messages that are told; the log has all of them. */
const top = 3
/** Operators are told about a disk with less free space than this share or these bytes. */
const lowShare = 0.05
const lowBytes = 1_000_000_000

/**
 * Remembers problems and tells operators about them at login. Problems from before the start of the server are in the
 * log.
 */
export class Incidents {
  readonly #clock: Clock
  readonly #directory: Directory
  readonly #addressBans: AddressBans
  readonly #space: (() => Promise<DiskSpace>) | undefined
  readonly #certificates: () => readonly CertificateEnd[]
  readonly #log: { readonly warn: Occurrences; readonly error: Occurrences } | undefined
  readonly #names: Occurrences
  readonly #addresses: Occurrences
  /** The time when each operator was last told. */
  readonly #told = new WeakMap<Account, number>()

  constructor(parts: {
    clock: Clock
    directory: Directory
    addressBans: AddressBans
    space?: (() => Promise<DiskSpace>) | undefined
    certificates?: (() => readonly CertificateEnd[]) | undefined
    logged?: { readonly warn: Occurrences; readonly error: Occurrences } | undefined
  }) {
    this.#clock = parts.clock
    this.#directory = parts.directory
    this.#addressBans = parts.addressBans
    this.#space = parts.space
    this.#log = parts.logged
    this.#certificates = parts.certificates ?? (() => [])
    this.#names = new Occurrences(parts.clock)
    this.#addresses = new Occurrences(parts.clock)
  }

  /** Notes a wrong password, recovery code or token. The machine itself has no address. */
  failedLogin(name: string, address: string | undefined): void {
    this.#names.add(name)
    this.#addresses.add(address ?? 'localhost')
  }

  /** What happened since this operator was last told or, before that, last here; undefined if nothing did. */
  async reportFor(operator: Account): Promise<IncidentReport | undefined> {
    const since = this.#told.get(operator) ?? operator.seenAt
    this.#told.set(operator, this.#clock.now())
    const names = this.#names.since(since, top)
    const addresses = this.#addresses.since(since, top)
    const failedLogins = names.count > 0 ? { names, addresses } : undefined
    const bans = this.#addressBans
      .listSince(since)
      .filter(({ by }) => by !== operator.id)
      .map(({ cidr, by, at }) => ({ cidr, by: this.#directory.nameOf(by), at }))
    const errors = some(this.#log?.error.since(since, top))
    const warnings = some(this.#log?.warn.since(since, top))
    // A login must not fail because the free space of the disk is unknown.
    const disk = await this.#space?.().catch(() => undefined)
    const low = disk && (disk.free < lowBytes || disk.free < disk.total * lowShare)
    const now = this.#clock.now()
    const certificates = this.#certificates().filter(({ until }) => until - now <= certificateNoticeMs)
    if (certificates.length === 0 && !low && !failedLogins && bans.length === 0 && !errors && !warnings)
      return undefined
    return { since, failedLogins, bans, errors, warnings, disk, certificates }
  }
}

function some(tally: Tally | undefined): Tally | undefined {
  return tally && tally.count > 0 ? tally : undefined
}
