import { fail } from '../chat/model/failures.ts'

/** A member of Repr-Digest or Content-Digest: the name of an algorithm, and bytes in base64 between colons. */
const member = /^([a-z*][\w.*-]*)=:([a-z0-9+/]*={0,2}):(?:[ \t]*;.*)?$/i
const algorithm = 'sha-256'
const bytesOfSha256 = 32

/**
 * The SHA-256 that a Repr-Digest or Content-Digest states (RFC 9530), in hex; undefined if it states none. Other algorithms
 * mean nothing here. Throws `bad-arguments` for what is no digest: a checksum that was stated is never passed over.
 */
export function statedSha256(header: string | undefined): string | undefined {
  const members = (header ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
  const stated = new Set<string>()
  for (const one of members) {
    const [, name, base64 = ''] = member.exec(one) ?? []
    if (name === undefined) throw malformed()
    if (name.toLowerCase() !== algorithm) continue
    const bytes = Buffer.from(base64, 'base64')
    if (bytes.length !== bytesOfSha256) throw malformed()
    stated.add(bytes.toString('hex'))
  }
  if (stated.size > 1)
    throw fail({ code: 'bad-arguments', detail: 'A file has one SHA-256, and that request states two.' })
  return [...stated][0]
}

/** The same for an answer; `sha256` in hex. */
export function digestField(sha256: string): string {
  return `${algorithm}=:${Buffer.from(sha256, 'hex').toString('base64')}:`
}

function malformed(): Error {
  return fail({
    code: 'bad-arguments',
    detail: `A checksum is stated as ${algorithm}=:BASE64: with the base64 of its 32 bytes between the colons.`,
  })
}
