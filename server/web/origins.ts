import type { IncomingMessage } from 'node:http'
import { isIP, isIPv6 } from 'node:net'
import { namedHost, pathOf } from '../net/http-answers.ts'

/** What the page may be reached by; settings are read when they are needed, and may change. */
export interface OriginRules {
  /** Exactly these, if there are any. */
  readonly origins: readonly string[]
  readonly listen: readonly { readonly host: string }[]
}

/** How a request calls this server, and which page it comes from, if any. */
export interface Asked {
  readonly host: string
  readonly origin: string | undefined
}

/** A host with or without a port, as in a Host header (RFC 9110, 7.2); an IPv6 address stands in brackets. */
const hostHeader = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9_.-]+))(?::(\d{1,5}))?$/i

/**
 * By which names this server is called by browsers. A foreign page sends an Origin of its own, and a name that somebody has
 * pointed at this server (DNS rebinding) stands in Host: both are compared with what the server knows of itself. An address
 * cannot be pointed anywhere else, so by default all addresses are good, and of names localhost and those that the server
 * listens on or is published by.
 */
export class Origins {
  readonly #rules: OriginRules
  readonly #server: { readonly publicHost: string }

  constructor(rules: OriginRules, server: { readonly publicHost: string }) {
    this.#rules = rules
    this.#server = server
  }

  /** Looks at Host and Origin of a request. Answers a sentence where it is refused. */
  check(request: IncomingMessage): Asked | string {
    const { host: hosts = [], origin: origins = [] } = request.headersDistinct
    const [origin] = origins
    // What names the server in its path is no browser, and that goes before Host (RFC 9112, 3.2.2).
    const host = namedHost(request) ?? hosts[0]
    if (hosts.length > 1) return unknownHost
    // Nor is what speaks HTTP/1.0 without Host: by a token it gets a file, and nothing else.
    const isOld = request.httpVersion === '1.0' && /^\/(put|get)\//.test(pathOf(request))
    if (host === undefined && origin === undefined && isOld) return { host: 'localhost', origin }
    if (!this.knows(host) || (hosts[0] !== undefined && !this.knows(hosts[0]))) return unknownHost
    if (origins.length > 1 || (origin !== undefined && !this.isOwn(origin, host))) return foreignPage
    return { host: host.toLowerCase(), origin }
  }

  /** Whether a request with this Host is meant for this server. */
  knows(host: string | undefined): host is string {
    if (host === undefined) return false
    const { origins } = this.#rules
    if (origins.length > 0) return origins.some((origin) => hostOf(origin) === host.toLowerCase())
    const [, address, name = '', port = 80] = hostHeader.exec(host) ?? []
    if (Number(port) > 65_535) return false
    if (address !== undefined) return isIPv6(address)
    if (isIP(name) !== 0) return true
    const names = ['localhost', this.#server.publicHost, ...this.#rules.listen.map((one) => one.host)]
    return name !== '' && names.some((known) => known.toLowerCase() === name.toLowerCase())
  }

  /** Whether a page of this origin is the server's own, where the request has this Host, which the server `knows`. */
  isOwn(origin: string, host: string): boolean {
    const own = hostOf(origin)
    if (own === undefined || own !== host.toLowerCase()) return false
    const { origins } = this.#rules
    return origins.length === 0 || origins.some((one) => one.toLowerCase() === origin)
  }
}

const unknownHost =
  'This server does not know itself by the name in your request. Whoever runs it names it in web.origins.'
const foreignPage = 'That is for the pages of this server alone.'

/** The host of an origin, as browsers write both; undefined if it is none. */
function hostOf(origin: string): string | undefined {
  const [, host] = /^https?:\/\/([^/?#@\s]+)$/i.exec(origin) ?? []
  return host?.toLowerCase()
}
