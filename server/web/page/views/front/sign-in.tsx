import { Failed, Field } from '../bits.tsx'
import { addressOf } from '../router.ts'
import { useChat } from '../using.ts'
import { badName, useForm } from './form.ts'

export function SignIn() {
  const chat = useChat()
  const form = useForm({ name: '', password: '' }, ({ name, password }) => {
    return badName(name) ?? chat.logIn(name, password)
  })
  return (
    <form onSubmit={form.submit}>
      <Field label="Name or number" autocomplete="username" required autofocus {...form.input('name')} />
      <Field
        label="Password"
        type="password"
        autocomplete="current-password"
        required
        {...form.input('password')}
      />
      <Failed why={form.failed} />
      <button type="submit" class="main wide" aria-disabled={form.busy}>
        Sign in
      </button>
      <p>
        <a href={addressOf({ name: 'front', way: 'recover' })}>Forgotten your password?</a>
      </p>
    </form>
  )
}
