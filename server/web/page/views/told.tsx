import { useEffect, useState } from 'preact/hooks'
import type { Toast } from '../state/state.ts'
import { Icon } from './icon.tsx'
import { useChat, useKnown, useTick } from './using.ts'

/** Says that the connection is lost, and when it is tried again. */
export function LinkLine() {
  const link = useKnown((state) => state.link)
  const closing = useKnown((state) => state.closing)
  const chat = useChat()
  if (link.state === 'open') return null
  if (link.state === 'connecting') return <div class="link-line connecting" role="status" />
  if (link.state === 'offline')
    return (
      <div class="link-line" role="status">
        <span>{closing === undefined ? 'You are offline here.' : closed(closing)}</span>
        <button type="button" onClick={() => chat.comeBack()}>
          Come back
        </button>
      </div>
    )
  return (
    <div class="link-line lost" role="status">
      <span>
        {closing === undefined ? 'The connection to the server is lost.' : closed(closing)}{' '}
        <Countdown key={link.attempt} ms={link.retryInMs} />
      </span>
      <button type="button" onClick={() => chat.check()}>
        Try now
      </button>
    </div>
  )
}

function closed(why: string): string {
  return `The server has closed the connection: ${why.replace(/\.$/, '')}.`
}

function Countdown({ ms }: { readonly ms: number }) {
  useTick(1000)
  const begun = useBegun()
  const left = Math.max(0, Math.ceil((begun + ms - Date.now()) / 1000))
  // The seconds are for the eyes: a screen reader would say each.
  return <span aria-hidden="true">{left > 0 ? `Trying again in ${left} s.` : 'Trying again …'}</span>
}

function useBegun(): number {
  const [begun] = useState(() => Date.now())
  return begun
}

export function Toasts() {
  const toasts = useKnown((state) => state.toasts)
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <OneToast key={toast.number} {...toast} />
      ))}
    </div>
  )
}

function OneToast({ number, text, kind }: Toast) {
  const chat = useChat()
  useEffect(() => {
    if (kind === 'notice') return
    const timer = setTimeout(() => chat.untoast(number), kind === 'failure' ? 10_000 : 5000)
    return () => clearTimeout(timer)
  }, [chat, number, kind])
  return (
    <div class={`toast ${kind}`}>
      <span dir="auto">{text}</span>
      <button type="button" class="quiet icon" aria-label="Dismiss" onClick={() => chat.untoast(number)}>
        <Icon name="close" />
      </button>
    </div>
  )
}
