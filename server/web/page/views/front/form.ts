import { useState } from 'preact/hooks'
import type { Entered } from '../../chat/entrance.ts'

/** A form that lets one in: what is typed, and what went wrong. */
export function useForm<T extends Readonly<Record<string, string>>>(
  empty: T,
  send: (typed: T) => Promise<Entered> | string,
) {
  const [typed, setTyped] = useState(empty)
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<string>()
  const submit = async (event: Event) => {
    event.preventDefault()
    if (busy) return
    const sent = send(typed)
    if (typeof sent === 'string') return setFailed(sent)
    setFailed(undefined)
    setBusy(true)
    const entered = await sent
    setBusy(false)
    if ('error' in entered) setFailed(entered.error.message)
  }
  const input = (name: keyof T & string) => ({
    name,
    value: typed[name],
    onInput: (event: Event) => {
      const { value } = event.currentTarget as HTMLInputElement
      // What was wrong is being mended; the browser may have a word of its own about it.
      setFailed(undefined)
      setTyped((before) => ({ ...before, [name]: value }))
    },
  })
  return { input, submit, busy, failed }
}

/** Why that cannot be a name, as far as it is seen without asking: it would be two words of a command. */
export function badName(name: string): string | undefined {
  return /\s/.test(name.trim()) ? 'A name has no spaces.' : undefined
}
