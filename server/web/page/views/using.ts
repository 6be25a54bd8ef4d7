import { createContext } from 'preact'
import { useContext, useEffect, useLayoutEffect, useReducer, useRef } from 'preact/hooks'
import type { Chat } from '../chat/chat.ts'
import type { State } from '../state/state.ts'

export const ChatContext = createContext<Chat | undefined>(undefined)

export function useChat(): Chat {
  const chat = useContext(ChatContext)
  if (!chat) throw new Error('A view stands outside of the chat.')
  return chat
}

/** A part of what is known: the view is drawn anew when that part is another one. */
export function useKnown<T>(select: (state: State) => T): T {
  const chat = useChat()
  const [, draw] = useReducer((count: number) => count + 1, 0)
  const selected = select(chat.state)
  const last = useRef({ select, selected })
  last.current = { select, selected }
  useLayoutEffect(
    () =>
      chat.store.watch(() => {
        const { select, selected } = last.current
        if (!Object.is(select(chat.state), selected)) draw(undefined)
      }),
    [chat],
  )
  return selected
}

/** Calls `run` at each event of the window, as long as the view is there. */
export function useWindowEvent(name: string, run: (event: Event) => void): void {
  const last = useRef(run)
  last.current = run
  useEffect(() => {
    const listener = (event: Event) => last.current(event)
    window.addEventListener(name, listener)
    return () => window.removeEventListener(name, listener)
  }, [name])
}

/** Draws anew each `ms`, for times that pass. */
export function useTick(ms: number): void {
  const [, draw] = useReducer((count: number) => count + 1, 0)
  useEffect(() => {
    const timer = setInterval(() => draw(undefined), ms)
    return () => clearInterval(timer)
  }, [ms])
}
