import type { Account, Channel } from '../model/people.ts'
import type { Answer, RequestRow } from '../model/replies.ts'

/** An invitation into a channel, until its answer was told to whoever made it. */
export interface Request {
  readonly id: number
  readonly channel: Channel
  readonly account: Account
  readonly by: Account
  readonly at: number
  answer: Answer
}

/** Requests by number and by whom they are about, so that nothing goes through all there are. */
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

  /** Of whom an account is asked, and has not answered. */
  pendingTo(account: Account): Request[] {
    return pending(this.#to.get(account))
  }

  /** What an account has asked, answered or not. */
  by(account: Account): Request[] {
    return [...(this.#by.get(account) ?? [])]
  }

  /** Who is asked into a channel and has not answered. */
  pendingInto(channel: Channel): Request[] {
    return pending(this.#into.get(channel))
  }

  /** All about an account, or all about a channel. */
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
