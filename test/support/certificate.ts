import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** The paths of two files in PEM. */
export interface Pair {
  readonly cert: string
  readonly key: string
}

/**
 * Makes a self-signed certificate and its key in a folder, in files whose names have `name` in them. It is valid for `days`; with
 * less than 0 it has expired.
 */
export function makeCertificate(
  folder: string,
  name: string,
  { days = 30, curve = 'prime256v1' } = {},
): Pair {
  const pair = { cert: join(folder, `${name}-cert.pem`), key: join(folder, `${name}-key.pem`) }
  const kind = ['-x509', '-nodes', '-newkey', 'ec', '-pkeyopt', `ec_paramgen_curve:${curve}`]
  const files = ['-keyout', pair.key, '-out', pair.cert]
  execFileSync('openssl', ['req', ...kind, '-days', String(days), ...files, '-subj', `/CN=${name}`], {
    stdio: 'pipe',
  })
  return pair
}
