import { isIPv4, isIPv6, type Socket, SocketAddress } from 'node:net'
import type { Clock } from '../lib/clock.ts'

/** What a proxy says of a connection that it passes on, before the connection's own bytes. */
export type ProxyHeader =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'wrong' }
  /** `length` bytes. No `route` if the proxy does not say, or speaks for itself, to see whether the server is there. */
  | { readonly kind: 'whole'; readonly length: number; readonly route: Route | undefined }

/** From where a connection comes, and what it has reached. */
export interface Route {
  readonly from: SocketAddress
  readonly to: SocketAddress
}

const incomplete: ProxyHeader = { kind: 'incomplete' }
const wrong: ProxyHeader = { kind: 'wrong' }

/** What a line of version 1 takes at most, its end included. */
const mostText = 107
const textBegin = Buffer.from('PROXY ')
const binaryBegin = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1')
/** Signature, version, family and length of version 2. */
const binaryHead = 16
/** More than the addresses and all that proxies are known to add to them. */
const mostBinary = 4096
/** The specification wants three seconds at least: a packet may be lost. */
const patienceMs = 5_000

/**
 * Reads the header, of version 1 (text) or 2 (binary), out of a connection's bytes so far.
 * https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt
 */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
  if (beginsWith(bytes, textBegin)) return readText(bytes)
  if (beginsWith(bytes, binaryBegin)) return readBinary(bytes)
  return wrong
}

/**
 * Takes the header off a connection of which nothing has been read. Answers 'none' if there is no good one; rejects with
 * whatever is thrown while it is read.
 */
export function takeProxyHeader(socket: Socket, clock: Clock): Promise<Route | undefined | 'none'> {
  return new Promise((resolve, reject) => {
    let bytes: Buffer = Buffer.alloc(0)
    const leave = () => {
      cancel()
      socket.off('readable', read).off('close', read).off('end', read)
    }
    const settle = (route: Route | undefined | 'none') => {
      leave()
      resolve(route)
    }
    const read = () => {
      try {
        look()
      } catch (error) {
        leave()
        reject(error)
      }
    }
    const look = () => {
      const chunk: Buffer | null = socket.read()
      if (chunk !== null) bytes = Buffer.concat([bytes, chunk])
      const header = readProxyHeader(bytes)
      if (header.kind === 'whole') {
        if (bytes.length > header.length) socket.unshift(bytes.subarray(header.length))
        settle(header.route)
      } else if (header.kind === 'wrong' || socket.readableEnded || socket.destroyed) settle('none')
    }
    const cancel = clock.after(patienceMs, () => settle('none'))
    socket.on('readable', read).on('close', read).on('end', read)
  })
}

/** As far as there are bytes. */
function beginsWith(bytes: Buffer, begin: Buffer): boolean {
  const length = Math.min(bytes.length, begin.length)
  return bytes.compare(begin, 0, length, 0, length) === 0
}

function readText(bytes: Buffer): ProxyHeader {
  const text = bytes.toString('latin1', 0, mostText)
  const end = text.indexOf('\r\n')
  if (end < 0) return bytes.length < mostText ? incomplete : wrong
  const length = end + 2
  const line = text.slice(0, end)
  if (/^PROXY UNKNOWN( |$)/.test(line)) return { kind: 'whole', length, route: undefined }
  const [, family, from = '', to = '', ...ports] =
    /^PROXY (TCP4|TCP6) (\S+) (\S+) (\d{1,5}) (\d{1,5})$/.exec(line) ?? []
  const isAddress = family === 'TCP4' ? isIPv4 : isIPv6
  const [fromPort = 0, toPort = 0] = ports.map(Number)
  // An address with a zone ("fe80::1%eth0") means something on one machine only.
  if (!isAddress(from) || !isAddress(to) || line.includes('%') || Math.max(fromPort, toPort) > 65535)
    return wrong
  return { kind: 'whole', length, route: { from: at(from, fromPort), to: at(to, toPort) } }
}

function readBinary(bytes: Buffer): ProxyHeader {
  if (bytes.length < binaryHead) return incomplete
  const length = binaryHead + bytes.readUInt16BE(14)
  if (length > mostBinary) return wrong
  if (bytes.length < length) return incomplete
  const [versionAndCommand, family] = bytes.subarray(12, 14)
  const whole = { kind: 'whole', length } as const
  // The proxy's own connection; what else there is may be ignored.
  if (versionAndCommand === 0x20) return { ...whole, route: undefined }
  if (versionAndCommand !== 0x21) return wrong
  const addresses = bytes.subarray(binaryHead, length)
  switch (family) {
    case 0x11:
      return addresses.length < 12 ? wrong : { ...whole, route: routeIn(addresses, 4) }
    case 0x21:
      return addresses.length < 36 ? wrong : { ...whole, route: routeIn(addresses, 16) }
    // Not specified, or a socket in the proxy's file system.
    case 0x00:
    case 0x31:
      return { ...whole, route: undefined }
    default:
      return wrong
  }
}

/** Both addresses, of so many bytes each, and behind them both ports. */
function routeIn(bytes: Buffer, length: 4 | 16): Route {
  const end = (index: 0 | 1) => {
    const address = bytes.subarray(index * length, (index + 1) * length)
    const port = bytes.readUInt16BE(2 * length + 2 * index)
    if (length === 4) return at(address.join('.'), port)
    return at((address.toString('hex').match(/.{4}/g) ?? []).join(':'), port)
  }
  return { from: end(0), to: end(1) }
}

function at(address: string, port: number): SocketAddress {
  return new SocketAddress({ address, port, family: isIPv6(address) ? 'ipv6' : 'ipv4' })
}
