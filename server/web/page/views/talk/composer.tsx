import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { typedIn } from '../../chat/typed.ts'
import { channels, talks } from '../../state/places.ts'
import { isChannel, type Place, type State } from '../../state/state.ts'
import { type Candidate, type Completed, complete, isWhole, put, wantsEmoji } from '../../text/completion.ts'
import { isLong, linesOf } from '../../text/plain.ts'
import type { Message } from '../../wire/protocol.ts'
import { Icon } from '../icon.tsx'
import { draftIn, keepDraft } from '../kept.ts'
import { go } from '../router.ts'
import { useChat, useKnown } from '../using.ts'
import { said } from './said-before.ts'
import { TypingLine } from './typing-line.tsx'

interface ComposerProps {
  readonly place: Place
  /** What is being said differently, if anything is. */
  readonly editing: Message | undefined
  readonly onEdited: () => void
}

type Commands = readonly { readonly name: string; readonly usage: string; readonly summary: string }[]

/** What can be completed is fetched once, when it is first wanted. */
let commands: Commands = []
let emoji: Readonly<Record<string, string>> | undefined

/** Where one writes: Enter says it, Shift+Enter begins a line, Tab completes, the arrow up brings back what one said. */
export function Composer({ place, editing, onEdited }: ComposerProps) {
  const chat = useChat()
  const me = useKnown((state) => state.me?.name ?? '')
  const files = useKnown((state) => state.me?.guest === false && state.server?.limits.files !== false)
  const field = useRef<HTMLTextAreaElement>(null)
  const chosenFiles = useRef<HTMLInputElement>(null)
  const [text, setText] = useState(() => draftIn(me, place.key))
  const [completed, setCompleted] = useState<Completed>()
  const [chosen, setChosen] = useState(0)
  const back = useRef<{ at: number; draft: string }>({ at: 0, draft: '' })
  const caret = useRef<number | undefined>(undefined)
  const listId = 'completions'
  const isOut = place.gone !== undefined

  useLayoutEffect(() => {
    if (matchMedia('(hover: hover)').matches) field.current?.focus()
  }, [])
  // At once: what is typed before the next frame would be lost.
  useLayoutEffect(() => {
    if (editing) setText(editing.text)
  }, [editing])
  // Behind the window that is closing, which gives the focus back to where it was.
  useEffect(() => {
    if (editing) field.current?.focus()
  }, [editing])
  useEffect(() => {
    const area = field.current
    if (!area) return
    // As high as what is in it, within bounds that the style has.
    area.style.height = 'auto'
    area.style.height = `${area.scrollHeight + 2}px`
    if (caret.current !== undefined) area.setSelectionRange(caret.current, caret.current)
    caret.current = undefined
  })

  const change = (next: string, at?: number) => {
    caret.current = at
    setText(next)
    if (!editing) keepDraft(me, place.key, next)
  }

  const offer = async (next: string, at: number, wanted: boolean) => {
    if (next.startsWith('/') && commands.length === 0) commands = await commandsOf(chat)
    if (wantsEmoji(next, at) && !emoji) emoji = (await import('../../text/emoji.ts')).emoji
    if (field.current?.value !== next) return undefined
    const found = complete(next, at, { commands, emoji, ...namesIn(chat.state, place) })
    const shown = found && (found.offered || wanted) ? found : undefined
    setCompleted(shown)
    setChosen(0)
    return shown
  }

  const typed = (event: Event) => {
    const area = event.currentTarget as HTMLTextAreaElement
    change(area.value)
    back.current = { at: 0, draft: area.value }
    if (area.value.trim() === '') chat.typing.stopped(place.name, false)
    else if (!area.value.startsWith('/')) chat.typing.typed(place.name)
    void offer(area.value, area.selectionStart, false)
  }

  const take = (one: Candidate, from: Completed) => {
    const next = put(text, field.current?.selectionStart ?? text.length, from, one)
    setCompleted(undefined)
    change(next.text, next.caret)
    field.current?.focus()
  }

  const send = async () => {
    const wanted = text.replace(/\s+$/, '')
    setCompleted(undefined)
    if (wanted.trim() === '') return
    change('')
    chat.typing.stopped(place.name, true)
    if (editing) {
      onEdited()
      if (wanted !== editing.text && !(await chat.act(`/edit ${editing.id} ${wanted}`))) change(wanted)
      return
    }
    keepDraft(me, place.key, '')
    said.keep(place.key, wanted)
    back.current = { at: 0, draft: '' }
    const next = await typedIn(chat, place.name, wanted)
    if (next === undefined) return
    if ('kept' in next) {
      if (field.current?.value === '') change(wanted)
    } else if ('place' in next) go({ name: 'talk', place: next.place })
    else if ('search' in next) go({ name: 'search', words: next.search })
    else go({ name: 'start' })
  }

  const sendAsFile = () => {
    chat.uploads.send(place.name, new File([text], 'lines.txt', { type: 'text/plain' }))
    change('')
    field.current?.focus()
  }

  const stepBack = (by: number) => {
    const at = back.current.at + by
    const earlier = at === 0 ? back.current.draft : said.back(place.key, at)
    if (at < 0 || earlier === undefined) return false
    back.current.at = at
    change(earlier, earlier.length)
    return true
  }

  const keyed = async (event: KeyboardEvent) => {
    const area = event.currentTarget as HTMLTextAreaElement
    if (isOut || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return
    const one = completed?.candidates[chosen]
    // A word that is whole is said: Enter completes what is not, and what one went to with the arrows.
    const says =
      event.key === 'Enter' && chosen === 0 && completed && isWhole(text, area.selectionStart, completed)
    if (completed && one && handlesList(event.key) && !says) {
      event.preventDefault()
      const { length } = completed.candidates
      if (event.key === 'ArrowDown') setChosen((chosen + 1) % length)
      else if (event.key === 'ArrowUp') setChosen((chosen - 1 + length) % length)
      else if (event.key === 'Escape') setCompleted(undefined)
      else take(one, completed)
      return
    }
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      return send()
    }
    if (event.key === 'Escape' && editing) {
      change('')
      return onEdited()
    }
    // Where there is nothing to complete, Tab goes on to what is next, as everywhere.
    if (event.key === 'Tab' && !event.shiftKey && /\S$/.test(text.slice(0, area.selectionStart))) {
      const from = complete(text, area.selectionStart, { commands, emoji, ...namesIn(chat.state, place) })
      if (!from) return
      event.preventDefault()
      const [only] = from.candidates
      if (from.candidates.length === 1 && only) return take(only, from)
      setCompleted(from)
      setChosen(0)
    }
    const isFirst = !text.slice(0, area.selectionStart).includes('\n')
    const isLast = !text.slice(area.selectionEnd).includes('\n')
    if (event.key === 'ArrowUp' && isFirst && !event.shiftKey && !editing && stepBack(1))
      event.preventDefault()
    if (event.key === 'ArrowDown' && isLast && !event.shiftKey && !editing && stepBack(-1))
      event.preventDefault()
  }

  const label = editing ? 'Say it differently' : `Write to ${place.name}`
  return (
    <div class="composer">
      <TypingLine place={place.key} />
      {editing && (
        <p class="editing">
          You say it differently.{' '}
          <button
            type="button"
            class="quiet"
            onClick={() => {
              change('')
              onEdited()
            }}
          >
            Leave it
          </button>
        </p>
      )}
      {files && !isOut && isLong(text) && (
        <p class="editing">
          {linesOf(text)} lines fill the screen of everybody, and take a while.{' '}
          <button type="button" class="quiet" onClick={sendAsFile}>
            Send them as a file
          </button>
        </p>
      )}
      {completed && (
        <div class="completions" id={listId} role="listbox" aria-label="Completions">
          {completed.candidates.map((one, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the arrows and Enter choose in the field.
            // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field.
            <div
              key={one.label}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === chosen}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(one, completed)}
            >
              <b>{one.label}</b> <span>{one.hint}</span>
            </div>
          ))}
        </div>
      )}
      <div class="line">
        {files && (
          <>
            <button
              type="button"
              class="quiet icon"
              aria-label="Send a file"
              title="Send a file; you can also drop it, or paste a picture"
              disabled={isOut}
              onClick={() => chosenFiles.current?.click()}
            >
              <Icon name="clip" />
            </button>
            <input
              ref={chosenFiles}
              type="file"
              multiple
              hidden
              aria-label="Files to send"
              onChange={(event) => {
                for (const file of event.currentTarget.files ?? []) chat.uploads.send(place.name, file)
                event.currentTarget.value = ''
              }}
            />
          </>
        )}
        <textarea
          ref={field}
          rows={1}
          value={text}
          placeholder={
            isOut
              ? isChannel(place.name)
                ? 'You are out of this channel'
                : 'Nobody is there to read it'
              : label
          }
          aria-label={label}
          aria-autocomplete="list"
          aria-controls={completed ? listId : undefined}
          aria-activedescendant={completed ? `${listId}-${chosen}` : undefined}
          readOnly={isOut}
          onInput={typed}
          onKeyDown={keyed}
          onBlur={() => setCompleted(undefined)}
          enterkeyhint="send"
        />
        <button
          type="button"
          class="main send"
          aria-label="Send"
          disabled={isOut || text.trim() === ''}
          onClick={send}
        >
          <Icon name="send" />
        </button>
      </div>
    </div>
  )
}

function handlesList(key: string): boolean {
  return ['ArrowDown', 'ArrowUp', 'Escape', 'Tab', 'Enter'].includes(key)
}

async function commandsOf(chat: ReturnType<typeof useChat>): Promise<Commands> {
  const result = await chat.request({ line: '/help' })
  if (!result.ok) return []
  const { areas = [] } = result.data as { readonly areas?: readonly { readonly commands: Commands }[] }
  return areas.flatMap((area) => area.commands)
}

/** Names that may be meant here: those who spoke last first. */
function namesIn(
  state: State,
  place: Place,
): { readonly names: readonly string[]; readonly channels: readonly string[] } {
  const spoke = place.log.messages.slice(-50).map(({ from }) => from)
  const there = [...(place.people?.values() ?? [])].map(({ name }) => name)
  const known = isChannel(place.name) ? there : [place.name, ...talks(state).map(({ name }) => name)]
  const names = new Set([...spoke.reverse(), ...known])
  names.delete(state.me?.name ?? '')
  return { names: [...names], channels: channels(state).map(({ name }) => name) }
}
