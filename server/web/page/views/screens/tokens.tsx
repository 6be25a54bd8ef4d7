import { useState } from 'preact/hooks'
import { wholeTime } from '../../text/times.ts'
import { Copy, Does, Failed, Field } from '../bits.tsx'
import { useChat } from '../using.ts'

interface TokenRow {
  readonly name: string
  readonly scope: string
  readonly channels?: readonly string[]
  readonly since: string
  readonly lastUsed?: string
  readonly address?: string
  readonly agent?: string
  readonly here?: true
}

/** What else is logged in as one: browsers, and scripts by tokens. It is asked for only if one wants to see it. */
export function Tokens() {
  const chat = useChat()
  const [rows, setRows] = useState<readonly TokenRow[]>()
  const [made, setMade] = useState<string>()
  const [name, setName] = useState('')
  const [scope, setScope] = useState('all')
  const [failed, setFailed] = useState<string>()
  const show = async () => {
    const result = await chat.command('/tokens')
    if (result.ok) setRows(result.data['tokens'] as readonly TokenRow[])
    setFailed(result.ok ? undefined : result.error.message)
  }
  const make = async (event: Event) => {
    event.preventDefault()
    const result = await chat.command(`/token ${name.trim()} ${scope}`)
    setFailed(result.ok ? undefined : result.error.message)
    if (!result.ok) return
    setMade(String(result.data['token']))
    setName('')
    await show()
  }
  return (
    <section>
      <h2>Browsers and scripts</h2>
      {rows === undefined ? (
        <button type="button" onClick={show}>
          Show what is logged in as you
        </button>
      ) : (
        <>
          <ul class="rows">
            {rows.map((row) => (
              <li key={row.name}>
                <span class="grows">
                  <bdi>{row.agent ?? row.name}</bdi>
                  {row.here && ' (this one)'}
                  <span class="sub">
                    {[
                      row.scope === 'browser' ? 'a browser' : `a token: ${row.scope}`,
                      row.channels?.join(' '),
                      `since ${wholeTime(row.since)}`,
                      row.lastUsed === undefined ? undefined : `last used ${wholeTime(row.lastUsed)}`,
                      row.address === undefined ? undefined : `from ${row.address}`,
                    ]
                      .filter((part) => part !== undefined)
                      .join(', ')}
                  </span>
                </span>
                {!row.here && (
                  <Does line={`/token ${row.name} revoke`} then={show}>
                    End
                  </Does>
                )}
              </li>
            ))}
          </ul>
          <form onSubmit={make}>
            <h3>A token for a script</h3>
            <div class="in-line">
              <Field
                label="Name"
                required
                value={name}
                onInput={(event) => setName(event.currentTarget.value)}
              />
              <div class="field">
                <label for="scope">It may</label>
                <select id="scope" value={scope} onChange={(event) => setScope(event.currentTarget.value)}>
                  <option value="all">do everything that needs no password</option>
                  <option value="read">read</option>
                  <option value="write">write</option>
                </select>
              </div>
              <button type="submit">Make it</button>
            </div>
          </form>
          {made !== undefined && (
            <p class="code-line">
              <code class="code">{made}</code> <Copy text={made} /> It is shown only now.
            </p>
          )}
        </>
      )}
      <Failed why={failed} />
    </section>
  )
}
