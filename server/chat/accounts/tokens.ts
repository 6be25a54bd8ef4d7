import { createHash } from 'node:crypto'
import type { Clock } from '../../lib/clock.ts'
import { Mutex } from '../../lib/mutex.ts'
import type { Channels } from '../channels/channels.ts'
import type { FreeSpace } from '../machine/free-space.ts'
import type { Ceilings } from '../model/ceilings.ts'
import { checkCeiling } from '../model/check-ceiling.ts'
import { fail } from '../model/failures.ts'
import type { Grant, Scope } from '../model/grant.ts'
import type { Account } from '../model/people.ts'
import type { TokenRow } from '../model/replies/accounts.ts'
import { type Access, isStill } from '../people/access.ts'
import type { TokenRecord } from '../ports/records.ts'
import type { SecretSource } from '../ports/secrecy.ts'
import type { Store } from '../ports/store.ts'
import { NameTaken, StoreUnavailable } from '../ports/store-errors.ts'
import type { Timeline } from '../presence/timeline.ts'

const tokenName = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$/

/** Login tokens: secrets for scripts, each with its own rights. */
export class Tokens {
  readonly #store: Store
  readonly #clock: Clock
  readonly #space: FreeSpace
  readonly #channels: Channels
  readonly #secrets: SecretSource
  readonly #timeline: Timeline
  readonly #access: Access
  readonly #ceilings: Ceilings
  /** Tokens that are being stored; they count, so that simultaneous requests cannot exceed the ceiling. */
  readonly #making = new Mutex()

  constructor(parts: {
    store: Store
    clock: Clock
    channels: Channels
    secrets: SecretSource
    timeline: Timeline
    access: Access
    ceilings: Ceilings
    space: FreeSpace
  }) {
    this.#space = parts.space
    this.#store = parts.store
    this.#clock = parts.clock
    this.#channels = parts.channels
    this.#secrets = parts.secrets
    this.#timeline = parts.timeline
    this.#access = parts.access
    this.#ceilings = parts.ceilings
  }

  /** Makes a token for some of the account's channels, or for everywhere. The token is shown once. */
  async make(
    account: Account,
    name: string,
    scope: Scope = 'all',
    channels?: readonly string[],
  ): Promise<{ token: string; grant: Grant }> {
    if (!tokenName.test(name)) throw fail({ code: 'bad-name', what: 'token', name })
    this.#space.require()
    const { access } = account
    const named = channels?.map((channel) => this.#channels.require(channel, account).name)
    const token = this.#secrets.token()
    const record: TokenRecord = {
      name,
      account: account.id,
      hash: hashSecret(token),
      createdAt: this.#clock.now(),
      scope,
      channels: named && [...new Set(named)],
      usedAt: undefined,
      usedFrom: undefined,
      seen: this.#timeline.lastId,
    }
    await this.#making.run(async () => {
      checkCeiling(this.#ceilings, 'tokens', (await this.#store.tokensOf(account.id)).length)
      await this.#store.addToken(record).catch((error: unknown) => {
        throw error instanceof NameTaken ? fail({ code: 'name-taken', name }) : error
      })
    })
    // The person may be logged out by now, with all tokens revoked.
    if (!isStill(account, access)) {
      await this.#store.removeToken(account.id, name)
      throw fail({ code: 'cancelled' })
    }
    return { token, grant: grantOf(record) }
  }

  async names(account: Account): Promise<string[]> {
    return (await this.#store.tokensOf(account.id)).map(({ name }) => name)
  }

  /** Oldest first. */
  async list(account: Account): Promise<TokenRow[]> {
    const tokens = await this.#store.tokensOf(account.id)
    return tokens.map(({ name, createdAt, scope, channels, usedAt, usedFrom }) => ({
      name,
      scope,
      channels,
      since: createdAt,
      lastUsed: usedAt,
      address: usedFrom,
    }))
  }

  /** Revokes a token, and closes the connections that logged in by it. Throws `no-such-token`. */
  async revoke(account: Account, name: string): Promise<void> {
    if (!(await this.#store.removeToken(account.id, name))) throw fail({ code: 'no-such-token', name })
    this.#access.end(account, { why: 'token', token: name })
  }

  /** The grant of a token; undefined if the secret is no token of that account. Nobody has number 0. */
  async find(account: number, secret: string): Promise<Grant | undefined> {
    const hash = hashSecret(secret)
    const found = (await this.#store.tokensOf(account)).find((token) => token.hash === hash)
    return found && grantOf(found)
  }

  /** The number of the account that has this token; 0, which nobody has, if there is none. */
  async ownerOf(secret: string): Promise<number> {
    return (await this.#store.tokenOwner(hashSecret(secret))) ?? 0
  }

  /**
   * Notes a login by a token; false if it was revoked meanwhile. Call it when the connection is among those that
   * `revoke` closes, so that no login slips through.
   */
  used(account: Account, { token, since }: Grant, from: string | undefined): Promise<boolean> {
    const use = { name: token, createdAt: since, at: this.#clock.now(), from }
    return this.#store.useToken(account.id, use).catch((error: unknown) => {
      // Nothing is revoked either while nothing can be stored.
      if (error instanceof StoreUnavailable) return true
      throw error
    })
  }
}

function grantOf({ name, createdAt, scope, channels, seen }: TokenRecord): Grant {
  return { token: name, since: createdAt, scope, channels, seen }
}

/** A fast hash is enough for secrets of 100 random bits and more, which nobody can guess; passwords need bcrypt. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret.trim().toUpperCase()).digest('hex')
}
