import { STATUS_CODES } from 'node:http'

/** An answer of one line, written by hand: nobody has read the request. */
export function plainAnswer(status: number, text: string, headers: readonly string[] = []): string {
  const body = `${text}\n`
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'X-Content-Type-Options: nosniff',
    ...headers,
    'Connection: close',
    '',
    body,
  ].join('\r\n')
}
