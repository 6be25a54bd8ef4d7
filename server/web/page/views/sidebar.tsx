import type { ComponentChildren } from 'preact'
import { channels, talks } from '../state/places.ts'
import { isChannel, keyOf, type Place } from '../state/state.ts'
import { Dot, useStatus } from './bits.tsx'
import { Icon, type IconName } from './icon.tsx'
import { MyStatus } from './my-status.tsx'
import { addressOf, type Screen } from './router.ts'
import { useKnown } from './using.ts'

/** Where one can go: what waits, channels, people, and what there is beside them. */
export function Sidebar({ screen }: { readonly screen: Screen }) {
  const places = useKnown((state) => state.places)
  const me = useKnown((state) => state.me)
  const waiting = useKnown(
    (state) => state.requests.length + state.talks.askedBy.length + state.unseenNotices,
  )
  const state = { places } as Parameters<typeof channels>[0]
  const shown = screen.name === 'talk' ? keyOf(screen.place) : undefined
  return (
    <nav class="sidebar" aria-label="Places">
      <MyStatus />
      <ul class="ways">
        <Way icon="inbox" to={{ name: 'inbox' }} screen={screen} count={waiting}>
          Inbox
        </Way>
        <Way icon="search" to={{ name: 'search', words: '' }} screen={screen}>
          Search
        </Way>
        <Way icon="people" to={{ name: 'people' }} screen={screen}>
          People
        </Way>
        <Way icon="file" to={{ name: 'files' }} screen={screen}>
          Files
        </Way>
        {me?.operator && (
          <Way icon="operator" to={{ name: 'operator' }} screen={screen}>
            Operator
          </Way>
        )}
      </ul>
      <Section
        title="Channels"
        more={{ label: 'All channels', to: { name: 'channels' } }}
        plus={me?.guest ? undefined : { label: 'New group', to: { name: 'new' } }}
      >
        {channels(state).map((place) => (
          <Entry key={place.key} place={place} isShown={place.key === shown} />
        ))}
      </Section>
      <Section title="Talks" plus={{ label: 'Write to somebody', to: { name: 'people' } }}>
        {talks(state).map((place) => (
          <Entry key={place.key} place={place} isShown={place.key === shown} />
        ))}
      </Section>
    </nav>
  )
}

function Way({
  icon,
  to,
  screen,
  count = 0,
  children,
}: {
  readonly icon: IconName
  readonly to: Screen
  readonly screen: Screen
  readonly count?: number
  readonly children: ComponentChildren
}) {
  return (
    <li>
      <a href={addressOf(to)} aria-current={screen.name === to.name ? 'page' : undefined}>
        <Icon name={icon} />
        <span class="label">{children}</span>
        <Count count={count} more={false} strong what="waiting" />
      </a>
    </li>
  )
}

function Section({
  title,
  more,
  plus,
  children,
}: {
  readonly title: string
  readonly more?: { readonly label: string; readonly to: Screen }
  readonly plus?: { readonly label: string; readonly to: Screen } | undefined
  readonly children: ComponentChildren
}) {
  return (
    <section aria-label={title}>
      <h2>
        {title}
        {plus && (
          <a class="plus" href={addressOf(plus.to)} aria-label={plus.label} title={plus.label}>
            +
          </a>
        )}
      </h2>
      <ul>{children}</ul>
      {more && (
        <a class="more" href={addressOf(more.to)}>
          {more.label}
        </a>
      )}
    </section>
  )
}

function Entry({ place, isShown }: { readonly place: Place; readonly isShown: boolean }) {
  const { name, unread, gone, quiet } = place
  const channel = isChannel(name)
  const kind = [gone || quiet === 'all' ? 'faded' : '', unread.count > 0 ? 'unread' : ''].join(' ').trim()
  return (
    <li>
      <a
        class={kind}
        href={addressOf({ name: 'talk', place: name })}
        aria-current={isShown ? 'page' : undefined}
      >
        {channel ? <span class="sign">#</span> : <PersonDot name={name} />}
        <bdi class="label">{channel ? name.slice(1) : name}</bdi>
        {place.isPrivate && (
          <span class="lock" role="img" aria-label="private" title="Only its members see this channel">
            <Icon name="lock" />
          </span>
        )}
        {unread.mentions > 0 ? (
          <Count
            count={unread.mentions}
            more={false}
            strong
            what={unread.mentions === 1 ? 'mention' : 'mentions'}
          />
        ) : null}
        <Count count={unread.count} more={unread.more} strong={!channel} what="unread" />
      </a>
    </li>
  )
}

function PersonDot({ name }: { readonly name: string }) {
  return <Dot status={useStatus(name).status} />
}

function Count({
  count,
  more,
  strong,
  what,
}: {
  readonly count: number
  readonly more: boolean
  readonly strong: boolean
  readonly what: string
}) {
  if (count === 0) return null
  const text = what.startsWith('mention') ? `@${count}` : `${count}${more ? '+' : ''}`
  return (
    <span class={strong ? 'count strong' : 'count'}>
      <span aria-hidden="true">{text}</span>
      <span class="for-ears">{` ${count}${more ? ' or more' : ''} ${what}`}</span>
    </span>
  )
}
