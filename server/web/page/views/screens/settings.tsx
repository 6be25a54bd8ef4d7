import { useState } from 'preact/hooks'
import { wholeTime } from '../../text/times.ts'
import { Failed, Field } from '../bits.tsx'
import { SignUp } from '../front/sign-up.tsx'
import { keepNotifications, wantsNotifications } from '../kept.ts'
import { goInstead } from '../router.ts'
import { useChat, useKnown } from '../using.ts'
import { useAsked } from './asked.ts'
import { Connections } from './connections.tsx'
import { ScreenHead } from './screen-head.tsx'
import { Tokens } from './tokens.tsx'

/** One's profile, and how one wants to have it here. */
export function Settings({ onMenu }: { readonly onMenu: () => void }) {
  const chat = useChat()
  const me = useKnown((state) => state.me)
  const server = useKnown((state) => state.server)
  const profile = useAsked(me?.guest === false ? '/profile' : undefined)
  const since = profile.data?.['since']
  const leave = () => {
    goInstead({ name: 'start' })
    void chat.logOut()
  }
  const remove = async () => {
    const text = 'Your account is deleted for good, and you leave every channel. Your messages stay readable.'
    if (!(await chat.confirm(text, 'Delete my account'))) return
    if (!(await chat.act('/deleteaccount'))) return
    leave()
  }
  return (
    <div class="screen">
      <ScreenHead title="Settings" onMenu={onMenu} />
      <div class="screen-body narrow">
        <section>
          <h2>Profile</h2>
          <dl class="facts">
            <dt>Name</dt>
            <dd>
              <bdi>{me?.name}</bdi>
            </dd>
            {me?.id !== undefined && (
              <>
                <dt>Number</dt>
                <dd>#{me.id}, to log in with as well</dd>
              </>
            )}
            {typeof since === 'string' && (
              <>
                <dt>Here since</dt>
                <dd>{wholeTime(since)}</dd>
              </>
            )}
          </dl>
          {me?.guest && (
            <>
              <Nick />
              {server?.signup !== 'closed' && (
                <>
                  <h3>Make an account</h3>
                  <p class="hint">
                    You keep your channels, and what is said while you are away waits for you.
                  </p>
                  <SignUp nick={me.name.replace(/^~/, '')} />
                </>
              )}
            </>
          )}
          {me?.guest === false && <Email />}
        </section>
        <Notifications />
        {me?.guest === false && (
          <>
            <section>
              <h2>Password</h2>
              <NewPassword />
            </section>
            <Tokens />
            <Connections />
            <section>
              <h2>What is stored about you</h2>
              <p class="hint">
                All of it as a file, in JSON. It is made at most once an hour, and for you alone.
              </p>
              <MyData />
            </section>
            {server?.signup === 'invite' && (
              <section>
                <h2>Invite somebody</h2>
                <InviteCode />
              </section>
            )}
          </>
        )}
        <section>
          <h2>{me?.guest ? 'Leave' : 'Log out'}</h2>
          <div class="buttons start">
            <button type="button" onClick={leave}>
              {me?.guest ? 'Leave' : 'Log out'}
            </button>
            {me?.guest === false && (
              <button type="button" class="danger" onClick={remove}>
                Delete my account
              </button>
            )}
          </div>
        </section>
        <p class="quiet-text">
          {server?.server.name} {server?.server.version}
        </p>
      </div>
    </div>
  )
}

/** One field that a command sets. */
function SetByCommand({
  label,
  type = 'text',
  value,
  line,
  done,
}: {
  readonly label: string
  readonly type?: string
  readonly value: string
  readonly line: (typed: string) => string
  readonly done: string
}) {
  const chat = useChat()
  const [typed, setTyped] = useState(value)
  const [failed, setFailed] = useState<string>()
  const submit = async (event: Event) => {
    event.preventDefault()
    const result = await chat.command(line(typed.trim()))
    setFailed(result.ok ? undefined : result.error.message)
    if (result.ok) chat.toast(done)
  }
  return (
    <form onSubmit={submit}>
      <div class="in-line">
        <Field
          label={label}
          type={type}
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <button type="submit">Set</button>
      </div>
      <Failed why={failed} />
    </form>
  )
}

function Email() {
  const email = useKnown((state) => state.me?.email ?? '')
  return (
    <SetByCommand
      key={email}
      label="E-mail (only you see it; empty removes it)"
      type="email"
      value={email}
      line={(typed) => `/email ${typed === '' ? 'none' : typed}`}
      done="Your e-mail address is set."
    />
  )
}

function Nick() {
  const name = useKnown((state) => state.me?.name ?? '')
  return (
    <SetByCommand
      key={name}
      label="Nick"
      value={name.replace(/^~/, '')}
      line={(typed) => `/nick ${typed}`}
      done="You have another nick."
    />
  )
}

function NewPassword() {
  const chat = useChat()
  const [typed, setTyped] = useState({ present: '', fresh: '', again: '' })
  const [failed, setFailed] = useState<string>()
  const submit = async (event: Event) => {
    event.preventDefault()
    if (typed.fresh !== typed.again) return setFailed('Those two passwords are not the same.')
    const why = await chat.changePassword(typed.present, typed.fresh)
    setFailed(why)
    if (why !== undefined) return
    setTyped({ present: '', fresh: '', again: '' })
    chat.toast('Your password is changed. You are logged out everywhere else.')
  }
  const input = (name: keyof typeof typed) => ({
    type: 'password',
    required: true,
    value: typed[name],
    autocomplete: name === 'present' ? ('current-password' as const) : ('new-password' as const),
    onInput: (event: Event) =>
      setTyped({ ...typed, [name]: (event.currentTarget as HTMLInputElement).value }),
  })
  return (
    <form onSubmit={submit}>
      <Field label="Present password" {...input('present')} />
      <Field label="New password" {...input('fresh')} />
      <Field label="New password again" {...input('again')} />
      <Failed why={failed} />
      <div class="buttons start">
        <button type="submit">Change</button>
      </div>
    </form>
  )
}

function Notifications() {
  const [isOn, setOn] = useState(wantsNotifications)
  const [failed, setFailed] = useState<string>()
  const canNotify = 'Notification' in window && window.isSecureContext
  const choose = async (on: boolean) => {
    if (on && (await Notification.requestPermission()) !== 'granted')
      return setFailed('Your browser does not allow it: see its settings of this page.')
    setFailed(undefined)
    keepNotifications(on)
    setOn(on)
  }
  return (
    <section>
      <h2>Notifications</h2>
      {canNotify ? (
        <label class="check">
          <input
            type="checkbox"
            checked={isOn}
            onChange={(event) => void choose(event.currentTarget.checked)}
          />
          Tell me of direct messages, invitations and what names me, while this page is open and not in front
        </label>
      ) : (
        <p class="hint">
          Your browser gives notifications to pages over TLS only. The title of the page has the count.
        </p>
      )}
      <Failed why={failed} />
    </section>
  )
}

function MyData() {
  const chat = useChat()
  const [file, setFile] = useState<{ readonly get: string; readonly name: string }>()
  const [failed, setFailed] = useState<string>()
  const make = async () => {
    const result = await chat.command('/mydata file')
    setFailed(result.ok ? undefined : result.error.message)
    if (result.ok) setFile(result.data as unknown as { get: string; name: string })
  }
  return (
    <>
      {file ? (
        <a class="button" href={`/get/${encodeURIComponent(file.get)}`} download={file.name}>
          Get {file.name}
        </a>
      ) : (
        <button type="button" onClick={make}>
          Make the file
        </button>
      )}
      <Failed why={failed} />
    </>
  )
}

function InviteCode() {
  const chat = useChat()
  const [code, setCode] = useState<string>()
  const make = async () => {
    const result = await chat.command('/invitecode')
    if (result.ok) setCode(String(result.data['invite']))
    else chat.toast(result.error.message, 'failure')
  }
  return code === undefined ? (
    <button type="button" onClick={make}>
      Make a code
    </button>
  ) : (
    <p>
      <code class="code">{code}</code> lets one person sign up, within seven days.
    </p>
  )
}
