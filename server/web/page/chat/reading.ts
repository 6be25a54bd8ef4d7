import { withPlace } from '../state/places.ts'
import { type Key, keyOf } from '../state/state.ts'
import { readUpTo } from '../state/unread.ts'
import type { Core } from './core.ts'
import { target } from './loading.ts'

/** What is read is told no more often than this: a busy channel would take up what one may send. */
const pauseMs = 1500

/** Tells the server up to where one has read, so that all of one's devices know it. */
export class Reading {
  readonly #core: Core
  readonly #upTo = new Map<Key, number>()
  #isTold = true

  constructor(core: Core) {
    this.#core = core
  }

  /** The message of that number was on the screen of somebody who looks. */
  seen(name: string, id: number): void {
    const { me, places } = this.#core.state()
    const place = places.get(keyOf(name))
    if (!place || !me || id <= place.unread.read) return
    this.#core.change((state) => withPlace(state, name, (there) => readUpTo(state, there, id)))
    if (me.guest) return
    this.#upTo.set(keyOf(name), id)
    if (!this.#isTold) return
    this.#isTold = false
    this.#core.timers.after(pauseMs, () => this.tell())
  }

  /** What is not told yet was read by somebody who is not there any more. */
  forget(): void {
    this.#upTo.clear()
  }

  /** Tells what is not told yet; also when the page is left, or the connection is there again. */
  tell(): void {
    this.#isTold = true
    for (const [key, id] of this.#upTo) {
      this.#upTo.delete(key)
      const name = this.#core.state().places.get(key)?.name
      if (name !== undefined) void this.#tellOne(key, name, id)
    }
  }

  async #tellOne(key: Key, name: string, id: number): Promise<void> {
    const result = await this.#core.request({ line: `/read ${target(name)} ${id}` })
    if (!result.ok && result.error.code === 'connection-lost' && !this.#upTo.has(key)) this.#upTo.set(key, id)
  }
}
