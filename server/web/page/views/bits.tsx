import type { ComponentChildren, TargetedEvent } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { keyOf } from '../state/state.ts'
import { withoutCommands } from '../text/plain.ts'
import type { Status } from '../wire/protocol.ts'
import { Icon } from './icon.tsx'
import { useChat, useKnown } from './using.ts'

/** Each name has one of a dozen colours, and keeps it. */
export function hueOf(name: string): string {
  let sum = 7
  for (const sign of keyOf(name)) sum = (sum * 31 + (sign.codePointAt(0) ?? 0)) >>> 0
  return `hue-${sum % 12}`
}

export function Name({ name }: { readonly name: string }) {
  return <bdi class={`name ${hueOf(name)}`}>{name}</bdi>
}

const says: Readonly<Record<Status, string>> = { online: 'online', away: 'away', offline: 'offline' }

/** A dot whose form says it as well as its colour. */
export function Dot({ status }: { readonly status: Status }) {
  return <span class={`dot ${status}`} role="img" aria-label={says[status]} title={says[status]} />
}

export function useStatus(name: string): { readonly status: Status; readonly note?: string } {
  const presence = useKnown((state) => state.presence.get(keyOf(name)))
  return presence ?? { status: 'offline' }
}

interface FieldProps {
  readonly label: string
  readonly hint?: string
  readonly name?: string
  readonly type?: string
  readonly value: string
  readonly onInput: (event: TargetedEvent<HTMLInputElement>) => void
  readonly placeholder?: string
  readonly autocomplete?: string
  readonly required?: boolean
  readonly autofocus?: boolean
  readonly minLength?: number
}

let fields = 0

/** A line to fill in, with what it is for. */
export function Field({ label, hint, autofocus = false, autocomplete, type = 'text', ...input }: FieldProps) {
  const field = useRef<HTMLInputElement>(null)
  // `autofocus` of HTML counts for what was there when the page came, and not for what is drawn later.
  useLayoutEffect(() => {
    if (autofocus) field.current?.focus()
  }, [autofocus])
  const [id] = useState(() => {
    fields++
    return `field-${fields}`
  })
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...input}
        ref={field}
        // Preact's types want another set of attributes for each type.
        type={type as 'text'}
        {...(autocomplete === undefined ? {} : { autocomplete: autocomplete as 'on' })}
        id={id}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
      />
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  )
}

/** What went wrong; a screen reader says it at once. */
export function Failed({ why }: { readonly why: string | undefined }) {
  return (
    <p class="failed" role="alert">
      {why === undefined ? undefined : withoutCommands(why)}
    </p>
  )
}

interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ComponentChildren
}

/** A window above everything else: the keyboard stays in it, and Escape closes it. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const before = document.activeElement
    dialog.current?.showModal()
    dialog.current?.querySelector<HTMLElement>('input:not([type=checkbox]), textarea')?.focus()
    return () => {
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onMouseDown={(event) => {
        if (event.target === event.currentTarget) onClose()
      }}
    >
      <div class="dialog">
        <header>
          <h2>{title}</h2>
          <button type="button" class="quiet icon" aria-label="Close" onClick={onClose}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  )
}

/** A button that does a command, and cannot be pressed twice meanwhile. */
export function Does({
  line,
  place,
  then,
  class: kind = '',
  children,
  disabled = false,
}: {
  readonly line: string
  readonly place?: string
  readonly then?: () => void
  readonly class?: string
  readonly children: ComponentChildren
  readonly disabled?: boolean
}) {
  const chat = useChat()
  const [busy, setBusy] = useState(false)
  const run = async () => {
    if (busy) return
    setBusy(true)
    const done = await chat.act(line, place)
    setBusy(false)
    if (done) then?.()
  }
  return (
    // A button that is disabled while it works would lose the focus.
    <button type="button" class={kind} aria-disabled={busy} disabled={disabled} onClick={run}>
      {children}
    </button>
  )
}

/** Puts a text where one can paste it from. */
export function Copy({ text }: { readonly text: string }) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      setCopied(true)
    } catch {
      // Without TLS a browser gives no clipboard: the text stands there, to be marked.
      setCopied(false)
      getSelection()?.selectAllChildren(document.querySelector('.code') ?? document.body)
      setCopied(document.execCommand('copy'))
    }
  }
  return (
    <button type="button" onClick={copy}>
      {copied ? 'Copied' : 'Copy'}
    </button>
  )
}
