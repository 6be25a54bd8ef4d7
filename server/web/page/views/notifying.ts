import type { Call } from '../chat/chat.ts'
import { keyOf, type State } from '../state/state.ts'
import { wantsNotifications } from './kept.ts'
import { go, screenOf } from './router.ts'

/** Tells by the system's notifications what is for oneself, while nobody looks at the page. */
export class Notifying {
  readonly #shown = new Map<string, Notification>()

  call({ from, text, place }: Call): void {
    if (looksAt(place)) return
    if (!wantsNotifications() || !('Notification' in window) || Notification.permission !== 'granted') return
    const where = place === undefined || place === from ? '' : ` in ${place}`
    const tag = place ?? 'inbox'
    try {
      const shown = new Notification(`${from}${where}`, { body: text.slice(0, 200), tag })
      this.#shown.set(keyOf(tag), shown)
      shown.onclick = () => {
        window.focus()
        go(place === undefined ? { name: 'inbox' } : { name: 'talk', place })
        shown.close()
      }
    } catch {
      // Some browsers show notifications to service workers only.
    }
  }

  /** What is read, here or on another device, is told no more. */
  known({ places, requests, talks, unseenNotices }: State): void {
    for (const [tag, shown] of this.#shown) {
      const waits =
        tag === 'inbox'
          ? requests.length + talks.askedBy.length + unseenNotices
          : (places.get(tag)?.unread.count ?? 0)
      if (waits > 0) continue
      shown.close()
      this.#shown.delete(tag)
    }
  }
}

/** Whether somebody looks at the page, or sees at least that place. */
function looksAt(place: string | undefined): boolean {
  if (document.visibilityState !== 'visible') return false
  const screen = screenOf(location.hash)
  const isThere = place !== undefined && screen.name === 'talk' && keyOf(screen.place) === keyOf(place)
  return isThere || document.hasFocus()
}
