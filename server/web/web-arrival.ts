import type { Refusal } from '../admission/refusal.ts'
import { refusalText } from '../admission/refusal.ts'
import { SocketArrival } from '../net/arrival.ts'
import { plainAnswer } from '../net/plain-answer.ts'

/** The status of an answer to who may not come in. */
export function refusalStatus({ why }: Refusal): number {
  return why === 'banned' || why === 'proxy' ? 403 : 503
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
