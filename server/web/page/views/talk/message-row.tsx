import { Component } from 'preact'
import { useState } from 'preact/hooks'
import { keyOf } from '../../state/state.ts'
import { clockTime, wholeTime } from '../../text/times.ts'
import type { Message } from '../../wire/protocol.ts'
import { hueOf, Name } from '../bits.tsx'
import { Icon } from '../icon.tsx'
import { PersonDialog } from '../person-dialog.tsx'
import { useKnown } from '../using.ts'
import { FileShown } from './file-shown.tsx'
import { Folded } from './folded.tsx'
import { MessageMenu } from './message-menu.tsx'
import { Said } from './said.tsx'

interface RowProps {
  readonly message: Message
  readonly goesOn: boolean
  readonly place: string
  readonly me: string
  readonly onEdit: (message: Message) => void
}

/** One thing said. It is drawn anew only if it is another one: a log has hundreds. */
export class MessageRow extends Component<RowProps> {
  override shouldComponentUpdate(next: RowProps): boolean {
    const { message, goesOn, place, me } = this.props
    return next.message !== message || next.goesOn !== goesOn || next.place !== place || next.me !== me
  }

  render() {
    const { message, goesOn, place, me } = this.props
    const mine = keyOf(message.from) === keyOf(me)
    const named = !mine && names(message.text, me)
    const kind = ['message', goesOn ? 'goes-on' : '', mine ? 'mine' : '', named ? 'named' : '', message.kind]
    return (
      <article
        class={kind.filter((name) => name !== '').join(' ')}
        data-key={`${message.id}`}
        data-row
        tabIndex={-1}
        aria-label={`${message.from}, ${clockTime(message.at)}`}
      >
        {goesOn ? (
          <time class="gutter" dateTime={message.at} title={wholeTime(message.at)}>
            {clockTime(message.at)}
          </time>
        ) : (
          <span class={`gutter tile ${hueOf(message.from)}`} aria-hidden="true">
            {initial(message.from)}
          </span>
        )}
        <div class="body">
          {!goesOn && (
            <div class="who">
              <Who name={message.from} place={place} />
              {message.bot && <span class="role">bot</span>}
              {message.kind === 'notice' && <span class="role">notice</span>}
              <time dateTime={message.at} title={wholeTime(message.at)}>
                {clockTime(message.at)}
              </time>
            </div>
          )}
          {message.file ? (
            <FileShown file={message.file} />
          ) : (
            <Folded text={message.text}>
              <p class="text" dir="auto">
                {message.kind === 'action' && <span class="actor">{message.from} </span>}
                <Said text={message.text} me={me} />
                {message.edited !== undefined && (
                  <span class="edited" title={wholeTime(message.edited)}>
                    {' '}
                    (edited)
                  </span>
                )}
              </p>
            </Folded>
          )}
        </div>
        <More {...this.props} />
      </article>
    )
  }
}

/** Who said it; a click tells more of them. The keyboard has the list of members for that. */
function Who({ name, place }: { readonly name: string; readonly place: string }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button
        type="button"
        class="quiet person"
        tabIndex={-1}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        <Name name={name} />
      </button>
      {isOpen && <PersonHere name={name} place={place} onClose={() => setOpen(false)} />}
    </>
  )
}

/** The log has hundreds of names: only the one that is open watches the place. */
function PersonHere(props: { readonly name: string; readonly place: string; readonly onClose: () => void }) {
  const place = useKnown((state) => state.places.get(keyOf(props.place)))
  return <PersonDialog name={props.name} onClose={props.onClose} {...(place ? { place } : {})} />
}

function More({ message, place, onEdit }: RowProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button
        type="button"
        class="more quiet icon"
        aria-label={`What to do with this message of ${message.from}`}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        <Icon name="more" />
      </button>
      {isOpen && (
        <MessageMenu message={message} place={place} onEdit={onEdit} onClose={() => setOpen(false)} />
      )}
    </>
  )
}

function initial(name: string): string {
  return name.replace(/^~/, '').slice(0, 1).toUpperCase()
}

function names(text: string, me: string): boolean {
  const at = text.toLowerCase().indexOf(`@${keyOf(me)}`)
  return at >= 0 && !/[\p{L}\p{N}_-]/u.test(text.charAt(at + me.length + 1))
}
