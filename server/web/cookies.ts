/** So long a browser stays logged in since it was there last, in seconds. */
export const cookieSeconds = 90 * 24 * 3600

/** As the secrets of `lib/secrets` are. */
const secret = /^[0-9A-Z]{32}$/

/**
 * The name of the cookie for an origin. Browsers share cookies between the ports of a host, so the port is in it; under TLS
 * the prefix keeps other hosts of the same domain, and pages without TLS, from setting it (RFC 6265bis, 4.1.3).
 */
function nameFor(origin: string): string {
  const secure = origin.startsWith('https:')
  const [, port = secure ? 443 : 80] = /:(\d+)$/.exec(origin) ?? []
  return `${secure ? '__Host-' : ''}partyline-${Number(port)}`
}

/** The secret in a Cookie header for this origin; undefined if there is none, or more than one: then somebody has meddled. */
export function secretIn(header: string | undefined, origin: string): string | undefined {
  const name = nameFor(origin)
  const values = (header ?? '').split(';').flatMap((pair) => {
    const [key = '', value = ''] = pair.split('=', 2)
    return key.trim() === name ? [value.trim()] : []
  })
  const [value = ''] = values
  return values.length === 1 && secret.test(value) ? value : undefined
}

/** The Set-Cookie header that has a browser keep the secret, or forget it where there is none. */
export function cookieFor(origin: string, value: string | undefined): string {
  const secure = origin.startsWith('https:') ? '; Secure' : ''
  const age = value === undefined ? 0 : cookieSeconds
  return `${nameFor(origin)}=${value ?? ''}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${age}${secure}`
}
