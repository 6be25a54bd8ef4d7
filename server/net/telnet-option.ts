/** A side of an option: off, on, or asked to change. */
export type OptionState = 'no' | 'yes' | 'want-no' | 'want-yes'

/**
 * One option of one side by the Q method of RFC 1143: every request is answered once and every answer is
 * taken as one, so that two ends never loop, however their messages cross. The side may be ours (`on` is then
 * WILL when sent and DO when received) or theirs (DO when sent, WILL when received).
 */
export class TelnetOption {
  readonly #accepts: boolean
  readonly #send: (on: boolean) => void
  #state: OptionState = 'no'
  /** The queue bit: when the answer comes, the opposite is requested. */
  #opposite = false

  /** `accepts` says whether the peer may turn the option on. */
  constructor(accepts: boolean, send: (on: boolean) => void) {
    this.#accepts = accepts
    this.#send = send
  }

  get state(): OptionState {
    return this.#state
  }

  /** Whether the last wish, sent or queued, was to have the option on. */
  get #wanted(): boolean {
    const on = this.#state === 'yes' || this.#state === 'want-yes'
    return on !== this.#opposite
  }

  /** Turns the option on or off as soon as the rules allow it. */
  request(on: boolean): void {
    if (this.#state === (on ? 'no' : 'yes')) this.#ask(on)
    else if (this.#state === 'want-yes') this.#opposite = !on
    else if (this.#state === 'want-no') this.#opposite = on
  }

  /** The peer asks for the option or answers a request. */
  receive(on: boolean): void {
    switch (this.#state) {
      case 'no':
        if (on) this.#send(this.#accepts)
        if (on && this.#accepts) this.#state = 'yes'
        return
      case 'yes':
        if (on) return
        this.#state = 'no'
        this.#send(false)
        return
      case 'want-no':
        // "On" breaks the protocol here; RFC 1143 then takes the state that was wished for.
        this.#settle(on ? this.#opposite : false)
        return
      case 'want-yes':
        this.#settle(on)
    }
  }

  #ask(on: boolean): void {
    this.#state = on ? 'want-yes' : 'want-no'
    this.#send(on)
  }

  /** The answer has come: sends a queued request, unless it is already fulfilled. */
  #settle(on: boolean): void {
    const wanted = this.#wanted
    const queued = this.#opposite
    this.#opposite = false
    this.#state = on ? 'yes' : 'no'
    if (queued && wanted !== on) this.#ask(wanted)
  }
}
