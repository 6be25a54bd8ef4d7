import { typingOver, withoutTyping, withTyping } from '../state/events.ts'
import { keyOf } from '../state/state.ts'
import type { Frame } from '../wire/protocol.ts'
import type { Core } from './core.ts'
import { target } from './loading.ts'

/** Who types is told so often, and taken to have stopped when nothing was heard for so long. */
const everyMs = 3000
const overMs = 6000

/** Who is typing: what others see of oneself, and what one sees of them. */
export class Typing {
  readonly #core: Core
  #place = ''
  #toldAt = 0

  constructor(core: Core) {
    this.#core = core
  }

  /** Something was typed that will be said there. */
  typed(name: string): void {
    const now = this.#core.now()
    if (!this.#core.state().places.has(keyOf(name))) return
    if (name === this.#place && now - this.#toldAt < everyMs) return
    this.#place = name
    this.#toldAt = now
    void this.#core.request({ line: `/typing ${target(name)}` })
  }

  /** What was typed is gone; `said`: since it was said, which tells the others as well. */
  stopped(name: string, said: boolean): void {
    if (name !== this.#place) return
    this.#place = ''
    if (!said && this.#core.now() - this.#toldAt < overMs)
      void this.#core.request({ line: `/typing ${target(name)} stop` })
  }

  heard(frame: Frame): void {
    const { user, channel, stop } = frame as unknown as { user: string; channel?: string; stop?: true }
    const place = channel ?? user
    if (stop) {
      this.#core.change((state) => withoutTyping(state, place, user))
      return
    }
    this.#core.change((state) => withTyping(state, place, user, this.#core.now() + overMs))
    this.#core.timers.after(overMs + 50, () =>
      this.#core.change((state) => typingOver(state, this.#core.now())),
    )
  }
}
