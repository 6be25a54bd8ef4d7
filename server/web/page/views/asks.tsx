import { useState } from 'preact/hooks'
import type { Question } from '../state/state.ts'
import { Dialog, Failed, Field } from './bits.tsx'
import { useChat, useKnown } from './using.ts'

/** Asks what a command wants to know, as a terminal would. */
export function Asks() {
  const question = useKnown((state) => state.question)
  return question ? <Ask key={question.text} {...question} /> : null
}

function Ask({ text, secret, twice = false, yes }: Question) {
  const chat = useChat()
  const [answer, setAnswer] = useState('')
  const [again, setAgain] = useState('')
  const [failed, setFailed] = useState<string>()
  const leave = () => chat.answer(undefined)
  const submit = (event: Event) => {
    event.preventDefault()
    if (twice && answer !== again) setFailed('Those two are not the same.')
    else chat.answer(answer)
  }
  // Asked of somebody who is logged in by a cookie, before what matters.
  const isOwn = text === 'Password'
  const type = secret ? 'password' : 'text'
  return (
    <Dialog title={yes !== undefined ? 'Are you sure?' : isOwn ? 'Is it you?' : text} onClose={leave}>
      <form onSubmit={submit}>
        {yes === undefined ? (
          <Field
            label={isOwn ? 'Your password' : text}
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
          <button type="submit" class="main">
            {yes ?? 'OK'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
