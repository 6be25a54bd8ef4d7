import type { IncomingMessage } from 'node:http'

/** Whether the peer has what this ETag is of (If-None-Match; RFC 9110, 13.1.2): then the answer is 304, and no bytes. */
export function hasAlready({ headers }: IncomingMessage, tag: string): boolean {
  return isAmong(headers['if-none-match'], tag, true)
}

/** Whether the peer wants what has another ETag (If-Match; RFC 9110, 13.1.1): then the answer is 412. */
export function wantsOther({ headers }: IncomingMessage, tag: string): boolean {
  return headers['if-match'] !== undefined && !isAmong(headers['if-match'], tag, false)
}

function isAmong(list: string | undefined, tag: string, weakly: boolean): boolean {
  return (list ?? '').split(',').some((one) => {
    const listed = one.trim()
    return listed === '*' || (weakly ? listed.replace(/^W\//, '') : listed) === tag
  })
}
