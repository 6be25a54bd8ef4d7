import { useEffect, useState } from 'preact/hooks'
import { isMe, myRole } from '../state/places.ts'
import { isChannel, keyOf, type Place } from '../state/state.ts'
import { wholeTime } from '../text/times.ts'
import type { Status } from '../wire/protocol.ts'
import { Dialog, Does, Dot } from './bits.tsx'
import { RestrainForm } from './restrain-form.tsx'
import { go } from './router.ts'
import { useChat, useKnown } from './using.ts'

interface Whois {
  readonly name: string
  readonly id?: number
  readonly status: Status
  readonly note?: string
  readonly operator: boolean
  readonly since?: string
  readonly lastSeen?: string
  readonly channels: readonly string[]
}

interface PersonProps {
  readonly name: string
  /** The channel where one met them, if one did. */
  readonly place?: Place
  readonly onClose: () => void
}

/** Who somebody is, and what one can do with them. */
export function PersonDialog({ name, place, onClose }: PersonProps) {
  const chat = useChat()
  const me = useKnown((state) => state.me)
  const isContact = useKnown((state) => state.contacts.has(keyOf(name)))
  const isPaired = useKnown(({ talks }) => keyOf(talks.paired ?? '') === keyOf(name))
  const [who, setWho] = useState<Whois>()
  const [failed, setFailed] = useState<string>()
  useEffect(() => {
    void chat.request({ line: `/whois ${name}` }).then((result) => {
      if (result.ok) setWho(result.data as unknown as Whois)
      else setFailed(result.error.message)
    })
  }, [chat, name])
  const mine = isMe(chat.state, name)
  const guest = name.startsWith('~')
  const member = me?.guest === false
  const talk = () => {
    onClose()
    go({ name: 'talk', place: name })
  }
  const disconnect = async () => {
    const text = `${name} is told, is offline everywhere, and may come back.`
    if (!(await chat.confirm(text, 'Disconnect')) || !(await chat.act(`/kill ${name}`))) return
    chat.toast(`${name} is disconnected.`)
    onClose()
  }
  return (
    <Dialog title={name} onClose={onClose}>
      {failed !== undefined && <p class="failed">{failed}</p>}
      {who && (
        <dl class="facts">
          <dt>Presence</dt>
          <dd>
            <Dot status={who.status} /> {who.status}
            {who.note !== undefined && <span dir="auto">: {who.note}</span>}
          </dd>
          {who.id !== undefined && (
            <>
              <dt>Number</dt>
              <dd>#{who.id}</dd>
            </>
          )}
          {who.since !== undefined && (
            <>
              <dt>Here since</dt>
              <dd>{wholeTime(who.since)}</dd>
            </>
          )}
          {who.lastSeen !== undefined && who.status === 'offline' && (
            <>
              <dt>Last here</dt>
              <dd>{wholeTime(who.lastSeen)}</dd>
            </>
          )}
          {who.operator && (
            <>
              <dt>Operator</dt>
              <dd>of this server</dd>
            </>
          )}
          {who.channels.length > 0 && (
            <>
              <dt>Channels</dt>
              <dd>{who.channels.join(' ')}</dd>
            </>
          )}
        </dl>
      )}
      {!mine && (
        <div class="buttons start">
          <button type="button" class="main" onClick={talk}>
            Write to {name}
          </button>
          {isPaired ? (
            <Does line="/end">End the private talk</Does>
          ) : (
            <Does line={`/chat ${name}`} then={talk}>
              Ask for a private talk
            </Does>
          )}
          {member && !guest && (
            <Does line={`/contact ${isContact ? 'remove' : 'add'} ${name}`}>
              {isContact ? 'Remove from contacts' : 'Add to contacts'}
            </Does>
          )}
          {member && <BlockButton name={name} />}
        </div>
      )}
      {place && isChannel(place.name) && !mine && <Leading name={name} place={place} onClose={onClose} />}
      {me?.operator && !mine && !guest && (
        <section>
          <h3>As an operator</h3>
          <div class="buttons start">
            <Does line={`/setpassword ${name}`}>Set a first password</Does>
            <Does line={`/setoperator ${name} ${who?.operator ? 'off' : 'on'}`} then={onClose}>
              {who?.operator ? 'Make a plain member' : 'Make an operator'}
            </Does>
            <button type="button" onClick={disconnect}>
              Disconnect
            </button>
          </div>
        </section>
      )}
    </Dialog>
  )
}

function BlockButton({ name }: { readonly name: string }) {
  const chat = useChat()
  const isBlocked = useKnown((state) => state.blocks.has(keyOf(name)))
  const block = async () => {
    const text = `You read nothing from ${name} any more. ${name} is not told.`
    if (isBlocked || (await chat.confirm(text, 'Block')))
      await chat.act(`/${isBlocked ? 'unblock' : 'block'} ${name}`)
  }
  return (
    <button type="button" onClick={block}>
      {isBlocked ? 'Unblock' : 'Block'}
    </button>
  )
}

/** What those who lead a channel may do with somebody in it. */
function Leading({
  name,
  place,
  onClose,
}: {
  readonly name: string
  readonly place: Place
  readonly onClose: () => void
}) {
  const chat = useChat()
  const operator = useKnown((state) => state.me?.operator === true)
  const role = useKnown((state) => myRole(state, place))
  const [restrains, setRestrains] = useState<'mute' | 'ban' | 'remove'>()
  const theirs = place.people?.get(keyOf(name))
  const leads = role === 'admin' || operator
  if (role === undefined && !operator) return null
  if (restrains) return <RestrainForm what={restrains} name={name} channel={place.name} onClose={onClose} />
  const transfer = async () => {
    const text = `${name} becomes the admin of ${place.name}, and you a plain member.`
    if (await chat.confirm(text, 'Hand it over'))
      if (await chat.act(`/transfer ${place.name} ${name}`)) onClose()
  }
  return (
    <section>
      <h3>In {place.name}</h3>
      <div class="buttons start">
        {leads && theirs?.role === undefined && (
          <Does line={`/promote ${place.name} ${name}`} then={onClose}>
            Make a moderator
          </Does>
        )}
        {leads && theirs?.role === 'moderator' && (
          <Does line={`/demote ${place.name} ${name}`} then={onClose}>
            Make a plain member
          </Does>
        )}
        {leads && theirs?.role !== 'admin' && !name.startsWith('~') && (
          <button type="button" onClick={transfer}>
            Make the admin
          </button>
        )}
        <button type="button" onClick={() => setRestrains('mute')}>
          Mute
        </button>
        <Does line={`/unmute ${place.name} ${name}`}>Unmute</Does>
        <button type="button" onClick={() => setRestrains('remove')}>
          Remove
        </button>
        <button type="button" class="danger" onClick={() => setRestrains('ban')}>
          Ban
        </button>
      </div>
    </section>
  )
}
