import { Failed, Field } from '../bits.tsx'
import { useChat } from '../using.ts'
import { badName, useForm } from './form.ts'

export function Recover() {
  const chat = useChat()
  const form = useForm({ name: '', code: '', password: '', again: '' }, (typed) => {
    if (typed.password !== typed.again) return 'Those two passwords are not the same.'
    return badName(typed.name) ?? chat.recover(typed.name, typed.code, typed.password, typed.again)
  })
  return (
    <form onSubmit={form.submit}>
      <p class="hint">
        Your recovery code was shown when you signed up. Who has none asks an operator for a new password.
      </p>
      <Field label="Name or number" autocomplete="username" required autofocus {...form.input('name')} />
      <Field label="Recovery code" autocomplete="off" required {...form.input('code')} />
      <Field
        label="New password"
        type="password"
        autocomplete="new-password"
        required
        {...form.input('password')}
      />
      <Field
        label="New password again"
        type="password"
        autocomplete="new-password"
        required
        {...form.input('again')}
      />
      <Failed why={form.failed} />
      <button type="submit" class="main wide" aria-disabled={form.busy}>
        Set the password
      </button>
    </form>
  )
}
