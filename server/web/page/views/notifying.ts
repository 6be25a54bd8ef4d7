import type { Message } from '../wire/protocol.ts'
import { wantsNotifications } from './kept.ts'
import { go } from './router.ts'

/** Tells by the system's notifications what is said to oneself alone or names one, while nobody looks at the page. */
export class Notifying {
  call(message: Message, place: string): void {
    if (document.visibilityState === 'visible' && document.hasFocus()) return
    if (!wantsNotifications() || !('Notification' in window) || Notification.permission !== 'granted') return
    const where = place === message.from ? '' : ` in ${place}`
    try {
      const shown = new Notification(`${message.from}${where}`, {
        body: message.text.slice(0, 200),
        tag: place,
      })
      shown.onclick = () => {
        window.focus()
        go({ name: 'talk', place })
        shown.close()
      }
    } catch {
      // Some browsers show notifications to service workers only.
    }
  }
}
