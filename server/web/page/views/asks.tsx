import { useRef, useState } from 'preact/hooks'
import { isOwnPassword } from '../chat/chat.ts'
import type { Question } from '../state/state.ts'
import { Dialog, Failed, Field } from './bits.tsx'
import { useChat, useKnown } from './using.ts'

/** Asks what a command wants to know, as a terminal would. */
export function Asks() {
  const question = useKnown((state) => state.question)
  // Asked once more it is another question: nothing of the wrong answer stays.
  const asked = useRef({ question, times: 0 })
  if (asked.current.question !== question) asked.current = { question, times: asked.current.times + 1 }
  return question ? <Ask key={asked.current.times} {...question} /> : null
}

function Ask({ text, secret, label, twice = false, yes, failed: before }: Question) {
  const chat = useChat()
  const [answer, setAnswer] = useState('')
  const [again, setAgain] = useState('')
  const [failed, setFailed] = useState(before)
  const leave = () => chat.answer(undefined)
  const submit = (event: Event) => {
    event.preventDefault()
    if (twice && answer !== again) setFailed('Those two are not the same.')
    else chat.answer(answer)
  }
  const isOwn = isOwnPassword(text)
  const title =
    yes !== undefined ? 'Are you sure?' : isOwn ? 'Is it you?' : label === undefined ? 'One question' : text
  const type = secret ? 'password' : 'text'
  return (
    <Dialog title={title} onClose={leave}>
      <form onSubmit={submit}>
        {yes === undefined ? (
          <Field
            label={isOwn ? 'Your password' : (label ?? text)}
            {...(isOwn
              ? { hint: 'The server wants to be sure that it is you. That holds for ten minutes.' }
              : {})}
            type={type}
            autocomplete={secret ? (twice ? 'new-password' : 'current-password') : 'off'}
            value={answer}
            onInput={(event) => setAnswer(event.currentTarget.value)}
            autofocus
          />
        ) : (
          <p>{text}</p>
        )}
        {twice && (
          <Field
            label="The same again"
            type={type}
            autocomplete="new-password"
            value={again}
            onInput={(event) => setAgain(event.currentTarget.value)}
          />
        )}
        <Failed why={failed} />
        <div class="buttons">
          <button type="button" onClick={leave}>
            Cancel
          </button>
          <button type="submit" class={yes === undefined ? 'main' : 'danger'}>
            {yes ?? 'OK'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
