import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { dayOf, endText } from '../lib/certificate-end.ts'
import { NoSmallFile, readSmallFile } from '../lib/small-file.ts'
import { ListenError } from './listen-error.ts'

/** Files in PEM. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
}

/** A certificate with its chain, and the key that belongs to it. */
export interface Pair {
  readonly cert: Buffer
  readonly key: Buffer
  /** The time in which the whole chain is valid, in ms since the epoch. */
  readonly from: number
  readonly until: number
  /** Whether the certificates stand in their order: each is followed by that of its issuer, if the file has it. */
  readonly inOrder: boolean
  /** Reasons why clients may refuse the certificate, a sentence each. */
  readonly weak: readonly string[]
}

/**
 * Reads a certificate and its key, and checks whether they belong together.
 * @throws ListenError with what is wrong with which file, and what to do
 */
export function readPair(files: TlsFiles): Pair {
  const cert = contentOf(files.cert, 'certificate')
  const key = contentOf(files.key, 'key')
  const chain = chainIn(cert, files.cert)
  const secret = keyIn(key, files.key)
  const own = chain.findIndex((one) => one.checkPrivateKey(secret))
  if (own < 0)
    throw new ListenError(
      `The certificate "${files.cert}" and the key "${files.key}" do not belong together. Name the two files that were made together.`,
    )
  if (own > 0)
    throw new ListenError(
      `The certificates in "${files.cert}" are in the wrong order: the server's own comes first, and is number ${own + 1} there.`,
    )
  const weak = strengthOf(secret, files)
  checkUsable({ cert, key }, files)
  const times = (which: 'validFrom' | 'validTo') => chain.map((one) => Date.parse(one[which]))
  const inOrder = chain.every((one, index) => {
    const next = chain[index + 1]
    return !next || one.checkIssued(next) || !chain.some((other) => other !== one && one.checkIssued(other))
  })
  return {
    cert,
    key,
    from: Math.max(...times('validFrom')),
    until: Math.min(...times('validTo')),
    inOrder,
    weak: [...weak, ...usageOf(chain[0], files)],
  }
}

/** Warnings about a pair that can be used, a sentence each; `now` in ms since the epoch. */
export function certificateWarnings(
  pair: Pick<Pair, 'from' | 'until' | 'inOrder' | 'weak'>,
  file: string,
  now: number,
): string[] {
  const found: string[] = [...pair.weak]
  if (pair.from > now)
    found.push(`The certificate "${file}" is not valid yet, only from ${dayOf(pair.from)} on.`)
  const ending = endText({ file, until: pair.until }, now)
  if (ending !== undefined) found.push(ending)
  if (!pair.inOrder)
    found.push(
      `The certificates in "${file}" are in the wrong order: each is followed by that of its issuer.`,
    )
  return found
}

/** The kinds of keys that clients accept; others would fail in each handshake. */
const usualCurves = ['prime256v1', 'secp384r1', 'secp521r1']
const fewestBits = 2048
const serverAuth = '1.3.6.1.5.5.7.3.1'

/** @throws ListenError if no client could shake hands with this key */
function strengthOf({ asymmetricKeyDetails, asymmetricKeyType }: KeyObject, files: TlsFiles): string[] {
  const { modulusLength, namedCurve } = asymmetricKeyDetails ?? {}
  if (namedCurve !== undefined && !usualCurves.includes(namedCurve))
    throw new ListenError(
      `The key "${files.key}" is on the curve ${namedCurve}, which clients do not take. Make one with ${usualCurves[0]}, and a certificate for it.`,
    )
  if (!['rsa', 'rsa-pss', 'ec', 'ed25519', 'ed448'].includes(asymmetricKeyType ?? ''))
    throw new ListenError(
      `The key "${files.key}" is of the kind ${asymmetricKeyType}, which TLS does not take. Make one with RSA or on a curve.`,
    )
  if (modulusLength === undefined || modulusLength >= fewestBits) return []
  return [
    `The key "${files.key}" has ${modulusLength} bits, and clients want ${fewestBits} or more: make another, and a certificate for it.`,
  ]
}

/** Whether the certificate is for servers; one without extendedKeyUsage is for everything. */
function usageOf(own: X509Certificate | undefined, files: TlsFiles): string[] {
  // The OIDs of extendedKeyUsage; undefined where there are none, whatever the types say.
  const usage: readonly string[] | undefined = own?.keyUsage
  return !usage || usage.includes(serverAuth)
    ? []
    : [
        `The certificate "${files.cert}" is not made for servers (no serverAuth in extendedKeyUsage), and clients that look at it refuse it.`,
      ]
}

/** @throws ListenError if OpenSSL does not accept them */
function checkUsable(pair: { readonly cert: Buffer; readonly key: Buffer }, files: TlsFiles): void {
  try {
    createSecureContext({ ...pair, minVersion: 'TLSv1.2' })
  } catch (error) {
    const code = error instanceof Error ? error.message : String(error)
    throw new ListenError(
      /too small|too weak/.test(code)
        ? `The key of the certificate "${files.cert}" is too short for TLS: make one with ${fewestBits} bits or more, and a certificate for it.`
        : `Cannot use certificate "${files.cert}" and key "${files.key}" for TLS: ${code}`,
      { cause: error },
    )
  }
}

function contentOf(file: string, what: 'certificate' | 'key'): Buffer {
  if (file === '')
    throw new ListenError(
      `A listener has only one of tls.cert and tls.key: TLS needs both, and there is no ${what}.`,
    )
  try {
    // Never a pipe: it would be empty at the next reload.
    return readSmallFile(file)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const why =
      error instanceof NoSmallFile
        ? error.message
        : code === 'ENOENT'
          ? 'is not there'
          : code === 'EACCES'
            ? "cannot be read by the server's user: give it the right to read the file and its folders"
            : code === 'ENXIO'
              ? 'is a socket, not a file'
              : `cannot be read: ${error instanceof Error ? error.message : error}`
    throw new ListenError(`The ${what} "${file}" ${why}.`, { cause: error })
  }
}

function chainIn(bytes: Buffer, file: string): X509Certificate[] {
  const text = bytes.toString('latin1')
  const blocks = text.match(
    /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]*-----END (?:TRUSTED )?CERTIFICATE-----/g,
  )
  if (!blocks) throw new ListenError(`The certificate "${file}" ${wrongContent(bytes, 'certificate')}`)
  const begun = text.match(/-----BEGIN (?:TRUSTED )?CERTIFICATE-----/g)?.length ?? 0
  if (begun > blocks.length)
    throw new ListenError(
      `Of ${begun} certificates in "${file}" only ${blocks.length} are whole. Make or fetch the file again.`,
    )
  return blocks.map((block, index) => {
    try {
      return new X509Certificate(block)
    } catch (error) {
      throw new ListenError(
        `Certificate ${index + 1} in "${file}" is damaged. Make or fetch the file again.`,
        {
          cause: error,
        },
      )
    }
  })
}

function keyIn(bytes: Buffer, file: string): KeyObject {
  const text = bytes.toString('latin1')
  if (/ENCRYPTED/.test(text))
    throw new ListenError(
      `The key "${file}" is encrypted, and nobody can type its passphrase at each start. Write it without: openssl pkey -in ${file} -out NEW.`,
    )
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text))
    throw new ListenError(`The key "${file}" ${wrongContent(bytes, 'key')}`)
  try {
    return createPrivateKey(bytes)
  } catch (error) {
    throw new ListenError(`The key "${file}" is damaged. Make or fetch the file again.`, { cause: error })
  }
}

/** The kind of the file that stands in its place. */
function wrongContent(bytes: Buffer, wanted: 'certificate' | 'key'): string {
  const text = bytes.toString('latin1')
  if (bytes.length === 0) return 'is empty.'
  if (/BEGIN CERTIFICATE REQUEST/.test(text))
    return 'is a request for a certificate: name what came back for it.'
  if (/BEGIN [A-Z ]*PRIVATE KEY/.test(text))
    return 'has a key in it, and no certificate. Are tls.cert and tls.key swapped?'
  if (/BEGIN CERTIFICATE/.test(text)) {
    return wanted === 'key'
      ? 'has a certificate in it, and no key. Are tls.cert and tls.key swapped?'
      : 'ends in the middle of a certificate. Make or fetch the file again.'
  }
  if (/BEGIN [A-Z ]*PUBLIC KEY/.test(text)) return 'has a public key in it: the private one is wanted.'
  return `is not PEM: it does not begin with "-----BEGIN". Convert it: openssl ${wanted === 'key' ? 'pkey' : 'x509'} -inform der -in FILE -out NEW.`
}
