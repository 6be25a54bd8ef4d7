import { useState } from 'preact/hooks'
import { wholeTime } from '../../text/times.ts'
import type { Status } from '../../wire/protocol.ts'
import { Copy, Does, Dot, Failed, Field, Name } from '../bits.tsx'
import { PersonDialog } from '../person-dialog.tsx'
import { DataShown } from '../talk/data-shown.tsx'
import { useChat } from '../using.ts'
import { type Asked, useAsked } from './asked.ts'
import { Pages } from './pages.tsx'
import { ScreenHead } from './screen-head.tsx'

interface UserRow {
  readonly name: string
  readonly id: number
  readonly status: Status
  readonly operator: boolean
  readonly since: string
  readonly lastSeen?: string
  readonly email?: string
}

const parts = ['Accounts', 'Notice', 'Bans', 'State'] as const

/** What operators may do. The server asks for the password first, if it was not given lately. */
export function Operator({ onMenu }: { readonly onMenu: () => void }) {
  const [part, setPart] = useState<(typeof parts)[number]>('Accounts')
  return (
    <div class="screen">
      <ScreenHead title="Operator" onMenu={onMenu} />
      <div class="screen-body">
        <div class="tabs">
          {parts.map((one) => (
            <button
              key={one}
              type="button"
              class="quiet"
              aria-pressed={part === one}
              onClick={() => setPart(one)}
            >
              {one}
            </button>
          ))}
        </div>
        {part === 'Accounts' && <Accounts />}
        {part === 'Notice' && <Notice />}
        {part === 'Bans' && <Bans />}
        {part === 'State' && <Stats />}
      </div>
    </div>
  )
}

function Accounts() {
  const [page, setPage] = useState(1)
  const [open, setOpen] = useState<string>()
  const asked = useAsked(`/users ${page}`)
  const users = (asked.data?.['users'] ?? []) as readonly UserRow[]
  return (
    <>
      <AddUser onAdded={asked.again} />
      <h2>Accounts{typeof asked.data?.['total'] === 'number' && `: ${asked.data['total']}`}</h2>
      <Refused asked={asked} />
      <ul class="rows">
        {users.map((user) => (
          <li key={user.id}>
            <button
              type="button"
              class="quiet grows"
              aria-haspopup="dialog"
              onClick={() => setOpen(user.name)}
            >
              <Dot status={user.status} /> <Name name={user.name} />{' '}
              <span class="quiet-text">#{user.id}</span> {user.operator && <span class="role">operator</span>}
              <span class="sub">
                since {wholeTime(user.since)}
                {user.lastSeen !== undefined && `, last here ${wholeTime(user.lastSeen)}`}
                {user.email !== undefined && `, ${user.email}`}
              </span>
            </button>
            <Delete name={user.name} then={asked.again} />
          </li>
        ))}
      </ul>
      <Pages page={page} more={asked.data?.['more'] === true} onPage={setPage} />
      {open !== undefined && <PersonDialog name={open} onClose={() => setOpen(undefined)} />}
    </>
  )
}

function Delete({ name, then }: { readonly name: string; readonly then: () => void }) {
  // The server asks whether one is sure.
  return (
    <Does line={`/deluser ${name}`} class="danger" then={then}>
      Delete<span class="for-ears"> {name}</span>
    </Does>
  )
}

function AddUser({ onAdded }: { readonly onAdded: () => void }) {
  const chat = useChat()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [failed, setFailed] = useState<string>()
  const [added, setAdded] = useState<{ readonly name: string; readonly recoveryCode: string }>()
  const submit = async (event: Event) => {
    event.preventDefault()
    const result = await chat.request({ line: `/adduser ${name.trim()}` }, (prompt) =>
      // The operator's own password may be asked for first.
      /first password/i.test(prompt.text) ? Promise.resolve(password) : chat.ask(prompt),
    )
    setFailed(result.ok ? undefined : result.error.message)
    if (!result.ok) return
    setAdded(result.data as unknown as { name: string; recoveryCode: string })
    setName('')
    setPassword('')
    onAdded()
  }
  return (
    <form onSubmit={submit}>
      <h2>Make an account</h2>
      <div class="in-line">
        <Field label="Name" required value={name} onInput={(event) => setName(event.currentTarget.value)} />
        <Field
          label="First password"
          type="password"
          autocomplete="new-password"
          required
          value={password}
          onInput={(event) => setPassword(event.currentTarget.value)}
        />
        <button type="submit" class="main">
          Make
        </button>
      </div>
      <p class="hint">They have to change the password when they first log in.</p>
      <Failed why={failed} />
      {added && (
        <p class="code-line" role="status">
          {added.name} is there. The recovery code, shown only now:{' '}
          <code class="code">{added.recoveryCode}</code> <Copy text={added.recoveryCode} />
        </p>
      )}
    </form>
  )
}

function Notice() {
  const chat = useChat()
  const [text, setText] = useState('')
  const submit = async (event: Event) => {
    event.preventDefault()
    if (!(await chat.act(`/notice ${text}`))) return
    setText('')
    chat.toast('Everybody is told, also those who are offline now.')
  }
  return (
    <form onSubmit={submit}>
      <h2>Tell everybody</h2>
      <div class="field">
        <label for="notice">Notice</label>
        <textarea
          id="notice"
          rows={3}
          required
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </div>
      <div class="buttons start">
        <button type="submit" class="main">
          Tell everybody
        </button>
      </div>
    </form>
  )
}

function Bans() {
  const bans = useAsked('/banaddress')
  const logins = useAsked('/logins')
  const rows = (bans.data?.['bans'] ?? []) as readonly { readonly cidr: string; readonly until?: string }[]
  const failures = (logins.data?.['logins'] ?? []) as readonly {
    readonly of: string
    readonly failures: number
    readonly until?: string
  }[]
  return (
    <>
      <BanAddress onBanned={bans.again} />
      <Refused asked={bans} />
      <ul class="rows">
        {rows.map(({ cidr, until }) => (
          <li key={cidr}>
            <span class="grows">
              {cidr}
              {until !== undefined && ` until ${wholeTime(until)}`}
            </span>
            <Does line={`/unbanaddress ${cidr}`} then={bans.again}>
              Unban
            </Does>
          </li>
        ))}
      </ul>
      <h2>Wrong passwords</h2>
      {logins.data && failures.length === 0 && <p class="quiet-text">There were none in the last hour.</p>}
      <ul class="rows">
        {failures.map(({ of, failures: count, until }) => (
          <li key={of}>
            <span class="grows">
              <bdi>{of}</bdi>: {count}
              {until !== undefined && `, waits until ${wholeTime(until)}`}
            </span>
            <Does line={`/logins clear ${of}`} then={logins.again}>
              Let them try again
            </Does>
          </li>
        ))}
      </ul>
    </>
  )
}

function BanAddress({ onBanned }: { readonly onBanned: () => void }) {
  const chat = useChat()
  const [cidr, setCidr] = useState('')
  const [time, setTime] = useState('')
  const submit = async (event: Event) => {
    event.preventDefault()
    if (!(await chat.act(`/banaddress ${cidr.trim()} ${time.trim()}`.trim()))) return
    setCidr('')
    setTime('')
    onBanned()
  }
  return (
    <form onSubmit={submit}>
      <h2>Banned addresses</h2>
      <div class="in-line">
        <Field
          label="Address or block"
          placeholder="192.0.2.0/24"
          required
          value={cidr}
          onInput={(event) => setCidr(event.currentTarget.value)}
        />
        <Field
          label="For (optional)"
          placeholder="7d"
          value={time}
          onInput={(event) => setTime(event.currentTarget.value)}
        />
        <button type="submit" class="danger">
          Ban
        </button>
      </div>
    </form>
  )
}

function Stats() {
  const asked = useAsked('/stats')
  return (
    <>
      <h2>State of the server</h2>
      <Refused asked={asked} />
      {asked.data && <DataShown data={asked.data} />}
    </>
  )
}

function Refused({ asked }: { readonly asked: Asked }) {
  return asked.failed === undefined ? null : (
    <p class="failed" role="alert">
      {asked.failed}{' '}
      <button type="button" onClick={asked.again}>
        Try again
      </button>
    </p>
  )
}
