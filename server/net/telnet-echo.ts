import type { Clock } from '../lib/clock.ts'
import { TelnetOption } from './telnet-option.ts'

/**
 * The client's answer to the request to hide typing: it does; it refuses; or it did not answer in time, because it is no
 * telnet client or a slow one.
 */
export type HideAnswer = 'hidden' | 'refused' | 'silent'

export interface TelnetEchoOptions {
  /** Sends WILL or WONT ECHO. */
  readonly sendEcho: (on: boolean) => void
  /** Sends WILL or WONT SUPPRESS-GO-AHEAD. */
  readonly sendGoAhead: (on: boolean) => void
  /** The client begins (true) or has stopped (false) to leave the echo to the server. */
  readonly onEcho: (byServer: boolean) => void
  /** The client begins (true) to send each key by itself; or it refuses that or has stopped it, and was not asked to (false). */
  readonly onCharacters: (on: boolean) => void
  readonly clock: Clock
}

/** A request to hide typing that waits for the client's answer. */
interface Hiding {
  readonly answer: Promise<HideAnswer>
  readonly resolve: (answer: HideAnswer) => void
  readonly cancel: () => void
}

const answerMs = 300

/**
 * Who shows what is typed (RFC 857), and who edits it. WILL ECHO alone hides what is typed, and keeps the line editing of
 * inetutils and PuTTY; together with SUPPRESS-GO-AHEAD (RFC 858) it takes clients out of line mode, and they send each key.
 */
export class TelnetEcho {
  readonly #options: TelnetEchoOptions
  readonly #echo: TelnetOption
  readonly #goAhead: TelnetOption
  #echoing = false
  /** The client's last answer to a request to hide typing; after a refusal, or no answer, it is not asked again. */
  #refusal: HideAnswer | undefined
  #hiding: Hiding | undefined
  #hides = false
  #wantsCharacters = false
  #hasCharacters = false

  constructor(echoOptions: TelnetEchoOptions) {
    this.#options = echoOptions
    this.#echo = new TelnetOption(false, echoOptions.sendEcho)
    this.#goAhead = new TelnetOption(false, echoOptions.sendGoAhead)
  }

  /** See `Telnet`. */
  hideInput(): Promise<HideAnswer> {
    this.#hides = true
    if (this.#hiding !== undefined) return this.#hiding.answer
    if (this.#echo.state === 'yes') return Promise.resolve('hidden')
    if (this.#refusal === 'refused') return Promise.resolve('refused')
    this.#echo.request(true)
    if (this.#refusal === 'silent') return Promise.resolve('silent')
    return this.#awaitEcho()
  }

  /** See `Telnet`. */
  showInput(): void {
    this.#hides = false
    this.#echo.request(this.#wantsCharacters)
    this.#settleHiding('silent')
  }

  /** See `Telnet`. */
  offerCharacters(): void {
    if (this.#wantsCharacters) return
    this.#wantsCharacters = true
    this.#echo.request(true)
    this.#goAhead.request(true)
    this.#settleCharacters()
  }

  /** See `Telnet`. */
  endCharacters(): void {
    if (!this.#wantsCharacters) return
    this.#wantsCharacters = false
    this.#hasCharacters = false
    this.#goAhead.request(false)
    this.#echo.request(this.#hides)
  }

  /** DO (true) or DONT ECHO has come. */
  receiveEcho(on: boolean): void {
    const before = this.#echo.state
    this.#echo.receive(on)
    const after = this.#echo.state
    if (!on && before === 'want-yes') this.#refusal = 'refused'
    else if (on || before !== 'no') this.#refusal = undefined
    if (after === 'yes') this.#settleHiding('hidden')
    else if (after === 'no') this.#settleHiding('refused')
    const echoing = after === 'yes' || after === 'want-no'
    if (echoing !== this.#echoing) {
      this.#echoing = echoing
      this.#options.onEcho(echoing)
    }
    this.#settleCharacters()
  }

  /** DO (true) or DONT SUPPRESS-GO-AHEAD has come. */
  receiveGoAhead(on: boolean): void {
    this.#goAhead.receive(on)
    this.#settleCharacters()
  }

  /** Both are agreed, or one is refused: then neither is wanted. */
  #settleCharacters(): void {
    if (!this.#wantsCharacters) return
    const states = [this.#echo.state, this.#goAhead.state]
    if (states.includes('no')) {
      this.endCharacters()
      this.#options.onCharacters(false)
    } else if (!this.#hasCharacters && states.every((state) => state === 'yes')) {
      this.#hasCharacters = true
      this.#options.onCharacters(true)
    }
  }

  #awaitEcho(): Promise<HideAnswer> {
    let resolve: (answer: HideAnswer) => void = () => {}
    const answer = new Promise<HideAnswer>((done) => {
      resolve = done
    })
    const cancel = this.#options.clock.after(answerMs, () => {
      this.#refusal = 'silent'
      this.#settleHiding('silent')
    })
    this.#hiding = { answer, resolve, cancel }
    return answer
  }

  #settleHiding(answer: HideAnswer): void {
    const hiding = this.#hiding
    this.#hiding = undefined
    hiding?.cancel()
    hiding?.resolve(answer)
  }
}
