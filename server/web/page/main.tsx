import { render } from 'preact'
import { browserParts } from './browser.ts'
import { Chat } from './chat/chat.ts'
import { App } from './views/app.tsx'
import { forgetKept } from './views/kept.ts'
import { Notifying } from './views/notifying.ts'
import { goInstead } from './views/router.ts'
import { said } from './views/talk/said-before.ts'
import { ChatContext } from './views/using.ts'

const notifying = new Notifying()
const chat = new Chat({
  ...browserParts,
  onCall: (call) => notifying.call(call),
  onForgotten(wasSomebody) {
    forgetKept()
    said.forget()
    // The address says with whom one talked.
    if (wasSomebody) goInstead({ name: 'start' })
  },
})
chat.store.watch(() => notifying.known(chat.state))
const root = document.getElementById('page')
if (root)
  render(
    <ChatContext.Provider value={chat}>
      <App />
    </ChatContext.Provider>,
    root,
  )
chat.start()
// What a sleeping machine has missed is found out when somebody looks.
addEventListener('online', () => chat.check())
// A browser may bring back a page as it was left: whoever was logged in then may have logged out.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) location.reload()
})
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') chat.check()
  else chat.reading.tell()
})
