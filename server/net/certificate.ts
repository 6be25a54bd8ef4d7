import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dayOf, endText } from '../lib/certificate-end.ts'
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
  /** When all of the chain is valid, in ms since the epoch. */
  readonly from: number
  readonly until: number
  /** Whether each certificate is followed by that of its issuer, as far as that is there. */
  readonly inOrder: boolean
}

/**
 * Reads a certificate and its key, and sees whether they belong together.
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
  const times = (which: 'validFrom' | 'validTo') => chain.map((one) => Date.parse(one[which]))
  const inOrder = chain.every((one, index) => {
    const next = chain[index + 1]
    return !next || one.checkIssued(next) || !chain.some((other) => other !== one && one.checkIssued(other))
  })
  return { cert, key, from: Math.max(...times('validFrom')), until: Math.min(...times('validTo')), inOrder }
}

/** What an operator should look after though the pair can be used: a sentence for each; `now` in ms since the epoch. */
export function troubleOf(
  pair: Pick<Pair, 'from' | 'until' | 'inOrder'>,
  file: string,
  now: number,
): string[] {
  const found: string[] = []
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

function contentOf(file: string, what: 'certificate' | 'key'): Buffer {
  if (file === '')
    throw new ListenError(
      `A listener has only one of tls.cert and tls.key: TLS needs both, and there is no ${what}.`,
    )
  try {
    return readFileSync(file)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const why =
      code === 'ENOENT'
        ? 'is not there'
        : code === 'EACCES'
          ? "cannot be read by the server's user: give it the right to read the file and its folders"
          : code === 'EISDIR'
            ? 'is a folder'
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

/** What is there in place of it. */
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
