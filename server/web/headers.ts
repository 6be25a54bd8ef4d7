import type { ServerResponse } from 'node:http'

/** What every answer has. */
const always: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
  Connection: 'close',
}

/** What a document that is no page of ours may do: nothing. */
export const sandbox = "default-src 'none'; frame-ancestors 'none'; sandbox"

/** Sets what every answer has; `policy` is its Content-Security-Policy. */
export function secureHeaders(response: ServerResponse, policy = sandbox): void {
  for (const [name, value] of Object.entries(always)) response.setHeader(name, value)
  response.setHeader('Content-Security-Policy', policy)
}

/**
 * What the page may do: run and show what is its own, and speak with this server. Older browsers do not count a WebSocket as
 * `'self'`. `host` is known to be the server's.
 */
export function pagePolicy(host: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "font-src 'self'",
    `connect-src 'self' ws://${host} wss://${host}`,
    "manifest-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
}
