import type { ChatParts } from './chat/chat.ts'
import type { Put } from './chat/uploads.ts'
import { isLeaving, keepLeaving } from './views/kept.ts'

/** What a browser gives to the chat: its socket, its clock, its requests. */
export const browserParts: Omit<ChatParts, 'onCall'> = {
  open: () => new WebSocket(`${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/socket`),
  timers: {
    after(ms, run) {
      const timer = setTimeout(run, ms)
      return () => clearTimeout(timer)
    },
  },
  now: () => Date.now(),
  cookies: {
    async keep(ticket) {
      try {
        const headers = { 'Content-Type': 'application/json' }
        const answer = await fetch('/session', { method: 'POST', headers, body: JSON.stringify({ ticket }) })
        return answer.ok
      } catch {
        return false
      }
    },
    async drop() {
      try {
        return (await fetch('/session', { method: 'DELETE' })).ok
      } catch {
        return false
      }
    },
  },
  leaving: { get: isLeaving, set: keepLeaving },
  put: putByHttp,
  keyFor: () => [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join('-'),
  nick: {
    get: () => sessionStorage.getItem('partyline nick') ?? undefined,
    set: (nick) =>
      nick === undefined
        ? sessionStorage.removeItem('partyline nick')
        : sessionStorage.setItem('partyline nick', nick),
  },
}

/** `fetch` does not tell how much of a body it has sent. */
function putByHttp(...[path, body, headers, onProgress]: Parameters<Put>): ReturnType<Put> {
  const request = new XMLHttpRequest()
  const done = new Promise<{ readonly status: number; readonly text: string }>((resolve) => {
    request.open('PUT', path)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.upload.onprogress = ({ loaded }) => onProgress(loaded)
    request.onloadend = () => resolve({ status: request.status, text: request.responseText })
    request.send(body as Blob)
  })
  return { done, abort: () => request.abort() }
}
