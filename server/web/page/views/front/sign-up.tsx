import { Failed, Field } from '../bits.tsx'
import { useChat, useKnown } from '../using.ts'
import { badName, useForm } from './form.ts'

/** Makes an account; a guest's nick becomes its name, if it stays so. */
export function SignUp({ nick = '' }: { readonly nick?: string }) {
  const chat = useChat()
  const server = useKnown((state) => state.server)
  const empty = { name: nick, email: '', password: '', again: '', invite: '' }
  const form = useForm(empty, (typed) => {
    if (typed.password !== typed.again) return 'Those two passwords are not the same.'
    return badName(typed.name) ?? chat.signUp(typed)
  })
  const least = server?.limits.passwordMinLength ?? 8
  return (
    <form onSubmit={form.submit}>
      {server?.signup === 'invite' && (
        <Field
          label="Invitation code"
          hint="Somebody who is here makes one with /invitecode."
          autocomplete="off"
          required
          {...form.input('invite')}
        />
      )}
      <Field
        label="Name"
        hint="2 to 24 letters, digits, _ - or . – others call you by it."
        autocomplete="username"
        required
        autofocus={nick === ''}
        {...form.input('name')}
      />
      <Field label="E-mail (optional)" type="email" autocomplete="email" {...form.input('email')} />
      <Field
        label="Password"
        hint={`At least ${least} characters.`}
        type="password"
        autocomplete="new-password"
        minLength={least}
        required
        {...form.input('password')}
      />
      <Field
        label="Password again"
        type="password"
        autocomplete="new-password"
        required
        {...form.input('again')}
      />
      <Failed why={form.failed} />
      <button type="submit" class="main wide" aria-disabled={form.busy}>
        Sign up
      </button>
    </form>
  )
}
