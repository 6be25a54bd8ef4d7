import { useState } from 'preact/hooks'
import { Failed, Field } from '../bits.tsx'
import { addressOf, go } from '../router.ts'
import { useChat, useKnown } from '../using.ts'
import { useAsked } from './asked.ts'
import { Pages } from './pages.tsx'
import { ScreenHead } from './screen-head.tsx'

interface ChannelRow {
  readonly name: string
  readonly private: boolean
  readonly topic: string
  readonly members: number
  readonly joined: boolean
}

/** All channels that one may know of, to join one. */
export function Channels({ onMenu }: { readonly onMenu: () => void }) {
  const chat = useChat()
  const guest = useKnown((state) => state.me?.guest === true)
  const [page, setPage] = useState(1)
  const [name, setName] = useState('')
  const [failed, setFailed] = useState<string>()
  const asked = useAsked(`/channels ${page}`)
  const rows = (asked.data?.['channels'] ?? []) as readonly ChannelRow[]
  const join = async (wanted: string) => {
    const channel = wanted.startsWith('#') ? wanted : `#${wanted}`
    const result = await chat.command(`/join ${channel}`)
    if (result.ok) go({ name: 'talk', place: channel })
    else setFailed(result.error.message)
  }
  const submit = (event: Event) => {
    event.preventDefault()
    void join(name.trim())
  }
  return (
    <div class="screen">
      <ScreenHead title="Channels" onMenu={onMenu}>
        {!guest && (
          <a class="button main" href={addressOf({ name: 'new' })}>
            New group
          </a>
        )}
      </ScreenHead>
      <div class="screen-body">
        <form onSubmit={submit} class="in-line">
          <Field
            label="Join by name"
            placeholder="#tea"
            required
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
          <button type="submit">Join</button>
        </form>
        <Failed why={failed ?? asked.failed} />
        <ul class="rows">
          {rows.map((row) => (
            <li key={row.name}>
              <span class="grows">
                <a href={addressOf({ name: 'talk', place: row.name })}>
                  <bdi>{row.name}</bdi>
                </a>{' '}
                <span class="quiet-text">
                  {row.members} {row.members === 1 ? 'member' : 'members'}
                  {row.private && ', private'}
                </span>
                {row.topic !== '' && (
                  <span class="sub" dir="auto">
                    {row.topic}
                  </span>
                )}
              </span>
              {row.joined ? (
                <span class="quiet-text">you are in it</span>
              ) : (
                <button type="button" onClick={() => void join(row.name)}>
                  Join<span class="for-ears"> {row.name}</span>
                </button>
              )}
            </li>
          ))}
        </ul>
        <Pages page={page} more={asked.data?.['more'] === true} onPage={setPage} />
      </div>
    </div>
  )
}
