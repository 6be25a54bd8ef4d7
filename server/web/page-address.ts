import { isIPv6 } from 'node:net'
import { addressKey } from '../lib/addresses.ts'
import type { Seeker } from '../net/http-transfer.ts'
import { type OriginRules, Origins } from './origins.ts'

/** A port on which the page is open. */
interface PagePort {
  readonly host: string
  readonly port: number
  readonly isSecure: boolean
}

/** Where the page is, for those who look for it somewhere else. */
export class PageAddress {
  readonly #rules: OriginRules
  readonly #origins: Origins
  readonly #ports: PagePort[] = []

  constructor(rules: OriginRules, server: { readonly publicHost: string }) {
    this.#rules = rules
    this.#origins = new Origins(rules, server)
  }

  /** The page is open on this port. Answers how somebody at this machine opens it. */
  add(port: PagePort): string {
    this.#ports.push(port)
    return urlOf(isAny(port.host) || isOwn(port.host) ? 'localhost' : port.host, port)
  }

  /**
   * How somebody opens the page who has come to another port, in a sentence: by the name that they have used, if the page
   * is reached by it, and else by what they have reached.
   */
  readonly sentence = ({ address, host, reached }: Seeker): string => {
    const [port] = this.#ports
    if (!port) return 'It has no page for browsers.'
    const [origin] = this.#rules.origins
    if (origin !== undefined) return `In a browser, open ${origin}/ instead.`
    const isHere = addressKey(address) === undefined
    const found = this.#ports.find((one) => isHere || !isOwn(one.host))
    if (!found) return 'Its page for browsers can be opened only on the machine of the server.'
    const named = this.#origins.knows(host) ? host.replace(/:\d*$/, '') : reached
    const name = isOwn(found.host) ? 'localhost' : isAny(found.host) ? named : found.host
    return `In a browser, open ${urlOf(name, found)}/ instead.`
  }
}

function isAny(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

/** Whether only this machine reaches a port of this address. */
function isOwn(host: string): boolean {
  return host === 'localhost' || addressKey(host) === undefined
}

function urlOf(host: string, { isSecure, port }: PagePort): string {
  return `${isSecure ? 'https' : 'http'}://${isIPv6(host) ? `[${host}]` : host}:${port}`
}
