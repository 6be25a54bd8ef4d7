import { render } from 'preact'
import { browserParts } from './browser.ts'
import { Chat } from './chat/chat.ts'
import { App } from './views/app.tsx'
import { Notifying } from './views/notifying.ts'
import { ChatContext } from './views/using.ts'

const notifying = new Notifying()
const chat = new Chat({ ...browserParts, onCall: (call) => notifying.call(call) })
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
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') chat.check()
  else chat.reading.tell()
})
