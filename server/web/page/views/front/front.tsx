import { useEffect } from 'preact/hooks'
import { addressOf, useScreen } from '../router.ts'
import { useChat, useKnown } from '../using.ts'
import { AsGuest } from './as-guest.tsx'
import { Recover } from './recover.tsx'
import { SignIn } from './sign-in.tsx'
import { SignUp } from './sign-up.tsx'

const aliveMs = 30_000

/** The ways in. */
export function Front() {
  const chat = useChat()
  const screen = useScreen()
  const server = useKnown((state) => state.server)
  const way = screen.name === 'front' ? screen.way : 'sign-in'
  // Who reads or fills in a form is not taken for gone.
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') chat.alive()
    }, aliveMs)
    return () => clearInterval(timer)
  }, [chat])
  useEffect(() => {
    document.title = server?.server.name ?? 'Partyline'
  }, [server])
  const ways = [
    { to: 'sign-in', label: 'Sign in', there: true },
    { to: 'sign-up', label: 'Sign up', there: server?.signup !== 'closed' },
    { to: 'guest', label: 'Guest', there: server?.guests !== false },
  ] as const
  return (
    <main class="front">
      <div class="card">
        <h1>{server?.server.name ?? 'Partyline'}</h1>
        {server?.server.welcome && <p class="welcome">{server.server.welcome}</p>}
        <nav class="tabs" aria-label="Ways in">
          {ways
            .filter(({ there }) => there)
            .map(({ to, label }) => (
              <a
                key={to}
                href={addressOf({ name: 'front', way: to })}
                aria-current={way === to ? 'page' : undefined}
              >
                {label}
              </a>
            ))}
        </nav>
        {way === 'sign-up' ? (
          <SignUp />
        ) : way === 'guest' ? (
          <AsGuest />
        ) : way === 'recover' ? (
          <Recover />
        ) : (
          <SignIn />
        )}
      </div>
      <p class="quiet-text">
        {server?.online !== undefined && server.online > 0 ? `${server.online} online. ` : ''}
        Everything here can be done by a terminal, too.
      </p>
    </main>
  )
}
