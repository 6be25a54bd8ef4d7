import type { Store } from '../../server/chat/ports/store.ts'

/** A store that answers nothing while its gate is closed; then it answers what was asked, in that order. */
export class Gate {
  #open = true
  #waiting: (() => void)[] = []

  /** The same store behind this gate. */
  before(store: Store): Store {
    return new Proxy(store, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name)
        if (typeof method !== 'function') return method
        return (...args: unknown[]) => {
          if (this.#open) return Reflect.apply(method, target, args)
          return new Promise((resolve) => {
            this.#waiting.push(() => resolve(Reflect.apply(method, target, args)))
          })
        }
      },
    })
  }

  close(): void {
    this.#open = false
  }

  /** How many questions wait. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Answers everything that waits. */
  open(): void {
    this.#open = true
    for (const answer of this.#waiting.splice(0)) answer()
  }
}
