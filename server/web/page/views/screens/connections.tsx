import { useState } from 'preact/hooks'
import { wholeTime } from '../../text/times.ts'
import { Does, Failed } from '../bits.tsx'
import { useChat } from '../using.ts'

interface ConnectionRow {
  readonly number: number
  readonly dialect: string
  readonly secure: boolean
  readonly since: string
  readonly lastActive: string
  readonly address?: string
  readonly token?: string
  readonly browser?: string
  readonly agent?: string
  readonly here?: true
}

/** What speaks for one at this moment, wherever one has left it open. It is asked for only if one wants to see it. */
export function Connections() {
  const chat = useChat()
  const [rows, setRows] = useState<readonly ConnectionRow[]>()
  const [failed, setFailed] = useState<string>()
  const show = async () => {
    const found: ConnectionRow[] = []
    for (let page = 1, more = true; more; page++) {
      const result = await chat.command(`/session list ${page}`)
      setFailed(result.ok ? undefined : result.error.message)
      if (!result.ok) return
      found.push(...(result.data['connections'] as readonly ConnectionRow[]))
      more = result.data['more'] === true
    }
    setRows(found)
  }
  // What was ended may stand in the server's list until its last words are sent.
  const here = rows?.find((row) => row.here)
  return (
    <section>
      <h2>Connections</h2>
      {rows === undefined ? (
        <button type="button" onClick={show}>
          Show where you are connected
        </button>
      ) : (
        <>
          <ul class="rows">
            {rows.map((row) => (
              <li key={row.number}>
                <span class="grows">
                  <bdi>{nameOf(row)}</bdi>
                  {row.here && ' (this one)'}
                  <span class="sub">
                    {[
                      row.address === undefined ? undefined : `from ${row.address}`,
                      row.secure ? undefined : 'not encrypted',
                      `since ${wholeTime(row.since)}`,
                      `last active ${wholeTime(row.lastActive)}`,
                    ]
                      .filter((part) => part !== undefined)
                      .join(', ')}
                  </span>
                </span>
                {!row.here && (
                  <Does
                    line={`/session end ${row.number}`}
                    then={() => setRows(rows.filter((one) => one !== row && !isSameBrowser(one, row)))}
                  >
                    End
                  </Does>
                )}
              </li>
            ))}
          </ul>
          <p class="hint">
            A browser is logged out with its connection. A script comes back by its token until that is ended,
            too.
          </p>
          {rows.length > 1 && (
            <div class="buttons start">
              <Does
                line="/session end others"
                then={() => setRows(rows.filter((one) => one === here || isSameBrowser(one, here)))}
              >
                End all others
              </Does>
            </div>
          )}
        </>
      )}
      <Failed why={failed} />
    </section>
  )
}

function isSameBrowser(one: ConnectionRow, other: ConnectionRow | undefined): boolean {
  return !one.here && one.browser !== undefined && one.browser === other?.browser
}

function nameOf({ agent, browser, dialect, token }: ConnectionRow): string {
  if (token !== undefined) return `A script, by the token ${token}`
  if (browser !== undefined) return agent ?? 'A browser'
  return dialect === 'text' ? 'A terminal' : 'A program'
}
