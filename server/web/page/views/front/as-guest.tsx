import { Failed, Field } from '../bits.tsx'
import { useChat } from '../using.ts'
import { badName, useForm } from './form.ts'

export function AsGuest() {
  const chat = useChat()
  const form = useForm({ nick: '' }, ({ nick }) => badName(nick) ?? chat.asGuest(nick))
  return (
    <form onSubmit={form.submit}>
      <Field
        label="Nick (optional)"
        hint="Others see you as ~nick. Guests can be in public channels, and write to people who are online."
        autocomplete="nickname"
        autofocus
        {...form.input('nick')}
      />
      <Failed why={form.failed} />
      <button type="submit" class="main wide" aria-disabled={form.busy}>
        Come in as a guest
      </button>
    </form>
  )
}
