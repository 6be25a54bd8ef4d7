import { isIPv4, isIPv6, type Socket, SocketAddress } from 'node:net'
import type { Clock } from '../lib/clock.ts'

/** The header that a proxy sends before the bytes of a connection that it passes on. */
export type ProxyHeader =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'wrong' }
  /** The header has `length` bytes. No `route` if the proxy does not tell it, or only checks whether the server is up. */
  | { readonly kind: 'whole'; readonly length: number; readonly route: Route | undefined }

/** Where a connection comes from, and the address that it has reached. */
export interface Route {
  readonly from: SocketAddress
  readonly to: SocketAddress
}

const incomplete: ProxyHeader = { kind: 'incomplete' }
const wrong: ProxyHeader = { kind: 'wrong' }

/** The longest line of version 1, its end included, in bytes. */
const mostText = 107
const textBegin = Buffer.from('PROXY ')
const binaryBegin = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1')
/** The length of signature, version, family and length in version 2, in bytes. */
const binaryHead = 16
/** More than the addresses and all known additions of proxies take, in bytes. */
const mostBinary = 4096
/** The specification asks for at least three seconds, because a packet may be lost. */
const patienceMs = 5_000

/**
 * Reads the header, of version 1 (text) or 2 (binary), from the bytes of a connection so far.
 * https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt
 */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
  if (beginsWith(bytes, textBegin)) return readText(bytes)
  if (beginsWith(bytes, binaryBegin)) return readBinary(bytes)
  return wrong
}

/**
 * Takes the header off a connection from which nothing was read. Resolves with 'none' if there is no valid one; rejects with
 * the errors of reading it.
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
      } else if (header.kind === 'wrong' || socket.readableEnded || socket.destroyed) settle(none())
    }
    const none = (): 'none' => {
      // It may be something else than a header that the caller takes.
      if (bytes.length > 0 && !socket.readableEnded && !socket.destroyed) socket.unshift(bytes)
      return 'none'
    }
    const cancel = clock.after(patienceMs, () => settle(none()))
    socket.on('readable', read).on('close', read).on('end', read)
  })
}

/** Compares the bytes that have come. */
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
  // An address with a zone ("fe80::1%eth0") has a meaning on one machine only.
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
  // The proxy's own connection; the rest of the header may be ignored.
  if (versionAndCommand === 0x20) return { ...whole, route: undefined }
  if (versionAndCommand !== 0x21) return wrong
  const addresses = bytes.subarray(binaryHead, length)
  switch (family) {
    case 0x11:
      return addresses.length < 12 ? wrong : { ...whole, route: routeIn(addresses, 4) }
    case 0x21:
      return addresses.length < 36 ? wrong : { ...whole, route: routeIn(addresses, 16) }
    // Unspecified, or a unix socket on the proxy's machine.
    case 0x00:
    case 0x31:
      return { ...whole, route: undefined }
    default:
      return wrong
  }
}

/** Reads both addresses, of `length` bytes each, and then both ports. */
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
