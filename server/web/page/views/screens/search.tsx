import { useEffect, useState } from 'preact/hooks'
import type { Message, Result } from '../../wire/protocol.ts'
import { Failed } from '../bits.tsx'
import { go } from '../router.ts'
import { useChat, useKnown } from '../using.ts'
import { MessageList } from './message-list.tsx'
import { ScreenHead } from './screen-head.tsx'

/** What was said, by its words. */
export function Search({ words, onMenu }: { readonly words: string; readonly onMenu: () => void }) {
  const chat = useChat()
  const guest = useKnown((state) => state.me?.guest === true)
  const [typed, setTyped] = useState(words)
  const [found, setFound] = useState<readonly Message[]>()
  const [before, setBefore] = useState<number>()
  const [failed, setFailed] = useState<string>()
  const [busy, setBusy] = useState(false)
  const take = (result: Result, earlier: readonly Message[]) => {
    setBusy(false)
    setFailed(result.ok ? undefined : result.error.message)
    if (!result.ok) return
    const {
      messages,
      more,
      before: next,
    } = result.data as {
      readonly messages: readonly Message[]
      readonly more: boolean
      readonly before?: number
    }
    setFound([...earlier, ...[...messages].reverse()])
    setBefore(more ? next : undefined)
  }
  useEffect(() => {
    setTyped(words)
    if (words.trim() === '') return setFound(undefined)
    setBusy(true)
    void chat.request({ line: `/search ${words}` }).then((result) => take(result, []))
  }, [chat, words])
  const more = () => {
    setBusy(true)
    void chat
      .request({ line: `/search ${words} before ${before}` })
      .then((result) => take(result, found ?? []))
  }
  const submit = (event: Event) => {
    event.preventDefault()
    go({ name: 'search', words: typed })
  }
  return (
    <div class="screen">
      <ScreenHead title="Search" onMenu={onMenu} />
      <div class="screen-body">
        {guest ? (
          <p>Guests cannot search. Sign up, and you can.</p>
        ) : (
          <form onSubmit={submit} class="in-line">
            <input
              type="search"
              aria-label="Words to search for"
              placeholder="Words; te* for what begins so"
              autofocus
              value={typed}
              onInput={(event) => setTyped(event.currentTarget.value)}
            />
            <button type="submit" class="main">
              Search
            </button>
          </form>
        )}
        <p class="hint">
          Narrow it by in:#channel, from:name, before:2026-11-01 and after:2026-10-01. All the words have to
          be there.
        </p>
        <Failed why={failed} />
        <div role="status">
          {found !== undefined && !busy && <p class="quiet-text">{countText(found.length, before)}</p>}
        </div>
        <MessageList title="Found" messages={found ?? []} />
        {before !== undefined && (
          <button type="button" disabled={busy} onClick={more}>
            Earlier ones
          </button>
        )}
      </div>
    </div>
  )
}

function countText(count: number, before: number | undefined): string {
  if (count === 0) return 'Nothing was found.'
  return `${count}${before === undefined ? '' : ' or more'} found.`
}
