import { cleanText } from './clean.ts'

/**
 * A password as it is compared (the OpaqueString profile of RFC 8265): the same letters are the same bytes whichever
 * keyboard typed them, and spaces of any kind are spaces. Capitals stay what they are.
 */
export function preparePassword(typed: string): string {
  return cleanText(typed)
    .replace(/\p{Zs}/gu, ' ')
    .normalize('NFC')
}
