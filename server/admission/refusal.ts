import { failureText } from '../dialects/failure-text.ts'

/** Why a connection may not come in. */
export type Refusal =
  | { readonly why: 'banned' | 'full' | 'proxy' }
  /** There are too many connections from the same address; `limit` is how many there may be. */
  | { readonly why: 'address'; readonly limit: number }

/** The sentence for a peer that is sent away. Protocols without sentences, such as HTTP, use `why`. */
export function refusalText(refusal: Refusal): string {
  switch (refusal.why) {
    case 'banned':
      return 'Nobody may connect from your address.'
    case 'full':
      return failureText({ code: 'server-full', why: 'server' })
    case 'address':
      return failureText({ code: 'server-full', why: 'address', limit: refusal.limit })
    case 'proxy':
      return 'Only the proxy in front of this server may connect here.'
  }
}
