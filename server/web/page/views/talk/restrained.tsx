import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { wholeTime } from '../../text/times.ts'
import { Does } from '../bits.tsx'
import { useChat, useKnown } from '../using.ts'

interface Restraint {
  readonly name: string
  readonly until?: string
  readonly why?: string
}

/** Who may not speak in a channel, or not come in, and what ends that; the invitations that wait as well. */
export function Restrained({ channel }: { readonly channel: string }) {
  const chat = useChat()
  const [bans, setBans] = useState<readonly Restraint[]>([])
  const [mutes, setMutes] = useState<readonly Restraint[]>([])
  const [asked, setAsked] = useState<readonly { readonly request: number; readonly user: string }[]>([])
  const [version, setVersion] = useState(0)
  // Who is asked answers, or is asked by somebody else.
  const requests = useKnown((state) => state.requests)
  useEffect(() => {
    const ask = async (line: string, take: (data: Readonly<Record<string, unknown>>) => void) => {
      const result = await chat.request({ line })
      if (result.ok) take(result.data)
    }
    void ask(`/ban ${channel}`, (data) => setBans(data['bans'] as typeof bans))
    void ask(`/mute ${channel}`, (data) => setMutes(data['mutes'] as typeof mutes))
    void ask(`/requests ${channel}`, (data) => setAsked(data['requests'] as typeof asked))
  }, [chat, channel, version, requests])
  const again = () => setVersion(version + 1)
  return (
    <>
      <List title="Asked in" rows={asked.map(({ user }) => ({ name: user }))}>
        {(_, index) => (
          <Does line={`/reject ${asked[index]?.request}`} then={again}>
            Take back
          </Does>
        )}
      </List>
      <List title="Muted" rows={mutes}>
        {(name) => (
          <Does line={`/unmute ${channel} ${name}`} then={again}>
            Unmute
          </Does>
        )}
      </List>
      <List title="Banned" rows={bans}>
        {(name) => (
          <Does line={`/unban ${channel} ${name}`} then={again}>
            Unban
          </Does>
        )}
      </List>
    </>
  )
}

function List({
  title,
  rows,
  children,
}: {
  readonly title: string
  readonly rows: readonly Restraint[]
  readonly children: (name: string, index: number) => ComponentChildren
}) {
  return rows.length === 0 ? null : (
    <section>
      <h3>{title}</h3>
      <ul class="rows">
        {rows.map(({ name, until, why }, index) => (
          <li key={name}>
            <span class="grows">
              <bdi>{name}</bdi>
              {until !== undefined && ` until ${wholeTime(until)}`}
              {why !== undefined && <span dir="auto">: {why}</span>}
            </span>
            {children(name, index)}
          </li>
        ))}
      </ul>
    </section>
  )
}
