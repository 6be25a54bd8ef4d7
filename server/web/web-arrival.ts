import { STATUS_CODES } from 'node:http'
import type { Refusal } from '../admission/refusal.ts'
import { refusalText } from '../admission/refusal.ts'
import { SocketArrival } from '../net/arrival.ts'

/** The status of an answer to who may not come in. */
export function refusalStatus({ why }: Refusal): number {
  return why === 'banned' || why === 'proxy' ? 403 : 503
}

/** An answer of one line, written by hand: nobody has read the request. */
export function plainAnswer(status: number, text: string): string {
  const body = `${text}\n`
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'X-Content-Type-Options: nosniff',
    'Connection: close',
    '',
    body,
  ].join('\r\n')
}

/** A socket that asks for the page. */
export class WebArrival extends SocketArrival {
  override refuse(refusal: Refusal): void {
    this.answer(plainAnswer(refusalStatus(refusal), refusalText(refusal)))
  }

  override say(why: string): void {
    this.answer(plainAnswer(500, why))
  }
}
