import { cleanText } from './clean.ts'

/**
 * Prepares a password for comparison (the OpaqueString profile of RFC 8265): the same letters give the same bytes on
 * every keyboard, and a space of any kind is a space. Case stays.
 */
export function preparePassword(typed: string): string {
  return cleanText(typed)
    .replace(/\p{Zs}/gu, ' ')
    .normalize('NFC')
}
