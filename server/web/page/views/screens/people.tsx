import { useState } from 'preact/hooks'
import { type Key, keyOf } from '../../state/state.ts'
import type { Member } from '../../wire/protocol.ts'
import { Does, Dot, Failed, Field, Name, useStatus } from '../bits.tsx'
import { PersonDialog } from '../person-dialog.tsx'
import { addressOf, go } from '../router.ts'
import { useKnown } from '../using.ts'
import { useAsked } from './asked.ts'
import { Pages } from './pages.tsx'
import { ScreenHead } from './screen-head.tsx'

/** One's contacts, and who is online. */
export function People({ onMenu }: { readonly onMenu: () => void }) {
  const me = useKnown((state) => state.me)
  const contacts = useKnown((state) => state.contacts)
  const blocks = useKnown((state) => state.blocks)
  const [page, setPage] = useState(1)
  const [open, setOpen] = useState<string>()
  const [name, setName] = useState('')
  const online = useAsked(`/who ${page}`)
  const listed = useAsked(me?.guest === false ? '/contacts' : undefined)
  const members = (online.data?.['members'] ?? []) as readonly Member[]
  const nameOf = new Map(
    ((listed.data?.['contacts'] ?? []) as readonly Member[]).map((contact) => [
      keyOf(contact.name),
      contact.name,
    ]),
  )
  const write = (event: Event) => {
    event.preventDefault()
    go({ name: 'talk', place: name.trim().replace(/^@/, '') })
  }
  return (
    <div class="screen">
      <ScreenHead title="People" onMenu={onMenu} />
      <div class="screen-body">
        <form onSubmit={write} class="in-line">
          <Field
            label="Write to somebody"
            placeholder="Name"
            required
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
          <button type="submit">Write</button>
          {me?.guest === false && (
            <Does line={`/contact add ${name.trim()}`} disabled={name.trim() === ''} then={() => setName('')}>
              Add to contacts
            </Does>
          )}
        </form>
        {me?.guest === false && (
          <section>
            <h2>Contacts</h2>
            {contacts.size === 0 && (
              <p class="quiet-text">You have none yet. Open somebody's name to add them to your contacts.</p>
            )}
            <ul class="rows">
              {[...contacts].sort().map((contact) => (
                <Contact key={contact} name={nameOf.get(contact) ?? contact} onOpen={setOpen} />
              ))}
            </ul>
            <div class="buttons start">
              <Does
                line={`/contacts watch ${listed.data?.['watch'] === true ? 'off' : 'on'}`}
                then={listed.again}
              >
                {listed.data?.['watch'] === true
                  ? 'Do not tell me when they come and go'
                  : 'Tell me when they come and go'}
              </Does>
            </div>
          </section>
        )}
        <section>
          <h2>Online</h2>
          <Failed why={online.failed} />
          <ul class="rows">
            {members.map((member) => (
              <li key={member.name}>
                <button
                  type="button"
                  class="quiet grows"
                  aria-haspopup="dialog"
                  onClick={() => setOpen(member.name)}
                >
                  <Dot status={member.status} /> <Name name={member.name} />
                  {member.id !== undefined && <span class="quiet-text"> #{member.id}</span>}
                  {member.note !== undefined && (
                    <span class="note" dir="auto">
                      {member.note}
                    </span>
                  )}
                </button>
                {keyOf(member.name) !== keyOf(me?.name ?? '') && (
                  <a class="button" href={addressOf({ name: 'talk', place: member.name })}>
                    Write<span class="for-ears"> to {member.name}</span>
                  </a>
                )}
              </li>
            ))}
          </ul>
          <Pages page={page} more={online.data?.['more'] === true} onPage={setPage} />
        </section>
        {blocks.size > 0 && (
          <section>
            <h2>Blocked</h2>
            <ul class="rows">
              {[...blocks].map((blocked) => (
                <li key={blocked}>
                  <bdi class="grows">{blocked}</bdi>
                  <Does line={`/unblock ${blocked}`}>Unblock</Does>
                </li>
              ))}
            </ul>
          </section>
        )}
        {open !== undefined && <PersonDialog name={open} onClose={() => setOpen(undefined)} />}
      </div>
    </div>
  )
}

function Contact({ name, onOpen }: { readonly name: Key; readonly onOpen: (name: string) => void }) {
  const { status, note } = useStatus(name)
  return (
    <li>
      <button type="button" class="quiet grows" aria-haspopup="dialog" onClick={() => onOpen(name)}>
        <Dot status={status} /> <Name name={name} />
        {note !== undefined && (
          <span class="note" dir="auto">
            {note}
          </span>
        )}
      </button>
      <a class="button" href={addressOf({ name: 'talk', place: name })}>
        Write<span class="for-ears"> to {name}</span>
      </a>
    </li>
  )
}
