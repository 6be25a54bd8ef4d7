import type { Account, Channel } from '../model/people.ts'
import type { Answer, RequestRow } from '../model/replies/channels.ts'

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

  /** The unanswered requests into a channel. */
  pendingInto(channel: Channel): Request[] {
    return pending(this.#into.get(channel))
  }

  /** Removes all requests of an account, or of a channel. */
  about(what: Account | Channel): Request[] {
    if ('kind' in what) return [...(this.#to.get(what) ?? []), ...(this.#by.get(what) ?? [])]
    return [...(this.#into.get(what) ?? [])]
  }
}

export function rowOf({ id, channel, account, by, at, answer }: Request): RequestRow {
  return { request: id, channel: channel.name, user: account.name, by: by.name, at, answer }
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
