import type { Account, Channel } from '../model/people.ts'
import type { Answer, RequestRow } from '../model/replies/channels.ts'
import type { LogEntry } from '../ports/change-log.ts'

/** An invitation into a channel. It exists until the person who made it was told the answer. */
export interface Request {
  readonly id: number
  readonly channel: Channel
  readonly account: Account
  readonly by: Account
  readonly at: number
  answer: Answer
}

/** Requests by number, by person and by channel, so that no search goes through all of them. */
export class Requests {
  readonly #byId = new Map<number, Request>()
  readonly #to = new Map<Account, Set<Request>>()
  readonly #by = new Map<Account, Set<Request>>()
  readonly #into = new Map<Channel, Set<Request>>()
  /**
   * Answers that were told to the person who asked. They are forgotten a while later, so that they are not lost when
   * the connection or the server fails before the words arrive. After a crash they are told once more instead.
   */
  readonly #told = new Set<Request>()

  add(request: Request): void {
    this.#byId.set(request.id, request)
    put(this.#to, request.account, request)
    put(this.#by, request.by, request)
    put(this.#into, request.channel, request)
  }

  delete(request: Request): void {
    this.#byId.delete(request.id)
    take(this.#to, request.account, request)
    take(this.#by, request.by, request)
    take(this.#into, request.channel, request)
    this.#told.delete(request)
  }

  get(id: number): Request | undefined {
    return this.#byId.get(id)
  }

  /** The requests to an account that it has not answered. */
  pendingTo(account: Account): Request[] {
    return pending(this.#to.get(account))
  }

  /** The requests that an account has made, answered or not. */
  by(account: Account): Request[] {
    return [...(this.#by.get(account) ?? [])]
  }

  /** The requests that an account has made and whose answer it was not told. */
  untold(account: Account): Request[] {
    return this.by(account).filter((request) => !this.#told.has(request))
  }

  /** Notes that the answer was told to the person who asked. */
  told(request: Request): void {
    this.#told.add(request)
  }

  allTold(): Request[] {
    return [...this.#told]
  }

  /** The unanswered requests into a channel. */
  pendingInto(channel: Channel): Request[] {
    return pending(this.#into.get(channel))
  }

  /** The requests to and by an account, or into a channel. */
  about(what: Account | Channel): Request[] {
    if ('kind' in what) return [...(this.#to.get(what) ?? []), ...(this.#by.get(what) ?? [])]
    return [...(this.#into.get(what) ?? [])]
  }
}

export function rowOf({ id, channel, account, by, at, answer }: Request): RequestRow {
  return { request: id, channel: channel.name, user: account.name, by: by.name, at, answer }
}

export function entryOf(
  kind: 'invited' | 'answered' | 'withdrawn',
  { account, by, channel }: Pick<Request, 'account' | 'by' | 'channel'>,
): LogEntry {
  return { kind, channel: channel.id, account: account.id, other: by.id }
}

function pending(requests: ReadonlySet<Request> | undefined): Request[] {
  return [...(requests ?? [])].filter(({ answer }) => answer === 'pending')
}

function put<K>(index: Map<K, Set<Request>>, key: K, request: Request): void {
  const found = index.get(key)
  if (found) found.add(request)
  else index.set(key, new Set([request]))
}

function take<K>(index: Map<K, Set<Request>>, key: K, request: Request): void {
  const found = index.get(key)
  found?.delete(request)
  if (found?.size === 0) index.delete(key)
}
