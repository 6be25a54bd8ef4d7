import { Component, createRef } from 'preact'
import type { Chat } from '../../chat/chat.ts'
import { indexFrom, isLong } from '../../state/log.ts'
import { isChannel, type Pending, type Place } from '../../state/state.ts'
import { type Row, rowsOf } from '../../text/rows.ts'
import { dayName } from '../../text/times.ts'
import type { Message } from '../../wire/protocol.ts'
import { MessageRow } from './message-row.tsx'
import { NotesRow } from './notes-row.tsx'
import { PendingRow } from './pending-row.tsx'

interface LogProps {
  readonly chat: Chat
  readonly place: Place
  readonly pending: readonly Pending[]
  readonly me: string
  /** The number of a message to go to. */
  readonly at: number | undefined
  readonly onEdit: (message: Message) => void
}

/** So many messages are drawn at most: the rest is in memory, and comes as one scrolls. */
const mostDrawn = 240
const drawnFirst = 120
const step = 60
/** More is drawn when so many pixels are left in that direction. */
const nearPx = 900
/** Who is that close to the end goes along with it. */
const endPx = 48

interface Anchor {
  readonly key: string
  readonly top: number
}

/**
 * What was said in a place. A window of it is drawn, which moves as one scrolls; what one looks at stays where it is when
 * something comes or goes above. At the end it goes along with what is said.
 */
export class LogView extends Component<LogProps> {
  readonly #scroller = createRef<HTMLDivElement>()
  readonly #content = createRef<HTMLDivElement>()
  /** The window, by the numbers of its first and last message; undefined: as many as are drawn first. */
  #from: number | undefined
  #to: number | 'end' = 'end'
  #isAtEnd = true
  #placed = false
  #wantedAt = this.props.at
  #watch: ResizeObserver | undefined

  override componentDidMount(): void {
    const content = this.#content.current
    if (content) {
      // Pictures and letters that load late make it higher.
      this.#watch = new ResizeObserver(() => {
        if (this.#isAtEnd) this.#toBottom()
      })
      this.#watch.observe(content)
      if (this.#scroller.current) this.#watch.observe(this.#scroller.current)
    }
    document.addEventListener('visibilitychange', this.#lookedAt)
    addEventListener('focus', this.#lookedAt)
    this.#settle(undefined)
  }

  override componentWillUnmount(): void {
    this.#watch?.disconnect()
    document.removeEventListener('visibilitychange', this.#lookedAt)
    removeEventListener('focus', this.#lookedAt)
  }

  override shouldComponentUpdate(next: LogProps): boolean {
    const { place, pending, at, me } = this.props
    if (next.at !== at) {
      this.#wantedAt = next.at
      this.#placed = false
    }
    return (
      next.place.log !== place.log ||
      next.place.newFrom !== place.newFrom ||
      next.place.unread.count !== place.unread.count ||
      next.pending !== pending ||
      next.at !== at ||
      next.me !== me
    )
  }

  override getSnapshotBeforeUpdate(): Anchor | undefined {
    const scroller = this.#scroller.current
    if (!scroller || !this.#content.current) return undefined
    for (const row of this.#content.current.children) {
      if (!(row instanceof HTMLElement)) continue
      if (row.offsetTop + row.offsetHeight > scroller.scrollTop && row.dataset['key'] !== undefined)
        return { key: row.dataset['key'], top: row.offsetTop - scroller.scrollTop }
    }
    return undefined
  }

  override componentDidUpdate(_before: LogProps, _state: unknown, anchor: Anchor | undefined): void {
    this.#settle(anchor)
    const { chat, place } = this.props
    if (this.#isAtEnd && isLong(place.log)) chat.loading.shorten(place.name)
  }

  render() {
    const { place, pending, me, chat, onEdit } = this.props
    const { log, newFrom, unread } = place
    const [start, end] = this.#window()
    const isEnd = end === log.messages.length && this.#knowsEnd
    const rows = rowsOf({
      messages: log.messages.slice(start, end),
      notes: isEnd ? log.notes : log.notes.filter(({ after }) => after < (log.messages[end]?.id ?? 0)),
      pending: isEnd ? pending : [],
      newFrom,
      me,
    })
    const first = log.messages[0]?.id
    const isMarkerFar =
      newFrom !== undefined && log.before !== 'start' && first !== undefined && first > newFrom + 1
    return (
      <div class="log-frame">
        {isMarkerFar && unread.count > 0 && (
          <button type="button" class="jump top" onClick={this.#toMarker}>
            ↑ To the first of {unread.count}
            {unread.more ? '+' : ''} new
          </button>
        )}
        <div
          class="log"
          role="log"
          aria-live="off"
          aria-label={`Messages in ${place.name}`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls it, and goes from row to row.
          tabIndex={0}
          ref={this.#scroller}
          onScroll={this.#scrolled}
          onKeyDown={this.#keyed}
        >
          <div class="log-content" ref={this.#content}>
            {log.before === 'start' && start === 0 ? (
              <p class="begin">
                This is the beginning of {isChannel(place.name) ? '' : 'your talk with '}
                {place.name}.
              </p>
            ) : (
              <p class="begin" aria-hidden="true">
                …
              </p>
            )}
            {rows.map((row) => (
              <OneRow key={row.key} row={row} chat={chat} place={place} me={me} onEdit={onEdit} />
            ))}
          </div>
        </div>
        {!(isEnd && this.#isAtEnd) && log.messages.length > 0 && (
          <button type="button" class="jump bottom" onClick={this.#toLatest}>
            ↓ To the end{unread.count > 0 ? `, ${unread.count}${unread.more ? '+' : ''} new` : ''}
          </button>
        )}
      </div>
    )
  }

  /** The window as indexes: from the first up to, and without, the second. */
  #window(): readonly [number, number] {
    const { messages } = this.props.place.log
    const end = this.#to === 'end' ? messages.length : indexFrom(messages, this.#to + 1)
    const start = this.#from === undefined ? Math.max(0, end - drawnFirst) : indexFrom(messages, this.#from)
    return [Math.min(start, end), end]
  }

  /** Whether what is last is the end, or was it when the connection broke. */
  get #knowsEnd(): boolean {
    const { atEnd, broken } = this.props.place.log
    return atEnd || broken === true
  }

  #draw(): void {
    this.forceUpdate()
  }

  /** Behind each drawing: puts it where one looked, or where one is to look first. */
  #settle(anchor: Anchor | undefined): void {
    const scroller = this.#scroller.current
    if (!scroller) return
    const { messages } = this.props.place.log
    if (!this.#placed && messages.length > 0) {
      if (!this.#place()) return
    } else if (this.#isAtEnd) {
      this.#toBottom()
    } else if (anchor) {
      const row = this.#row(anchor.key)
      if (row) scroller.scrollTop = row.offsetTop - anchor.top
    }
    this.#scrolled()
  }

  /** Where one looks first: at the message that was asked for, where the new begins, or at the end. */
  #place(): boolean {
    const scroller = this.#scroller.current
    const { place } = this.props
    const { messages } = place.log
    const goal = this.#wantedAt ?? (place.newFrom === undefined ? undefined : place.newFrom + 1)
    const index = goal === undefined ? messages.length : indexFrom(messages, goal)
    // What was asked for is on its way.
    if (this.#wantedAt !== undefined && messages[index]?.id !== this.#wantedAt) return true
    const first = messages[0]?.id ?? 0
    const isKnown = goal !== undefined && index < messages.length && goal >= first
    const [start, end] = this.#window()
    if (isKnown && ((start > 0 && index < start + 5) || index >= end)) {
      this.#moveTo(Math.max(0, index - step))
      this.#draw()
      return false
    }
    this.#placed = true
    const row = isKnown ? this.#row(this.#wantedAt === undefined ? 'new' : `${this.#wantedAt}`) : undefined
    if (row && scroller) {
      scroller.scrollTop = row.offsetTop - scroller.clientHeight / 4
      this.#isAtEnd = this.#isNearEnd()
      if (this.#wantedAt !== undefined) row.focus({ preventScroll: true })
      this.#draw()
    } else this.#toBottom()
    return true
  }

  #moveTo(start: number): void {
    const { messages } = this.props.place.log
    this.#from = messages[start]?.id
    const end = start + mostDrawn
    this.#to =
      end >= messages.length && this.#knowsEnd
        ? 'end'
        : (messages[Math.min(end, messages.length) - 1]?.id ?? 'end')
  }

  #row(key: string): HTMLElement | undefined {
    for (const row of this.#content.current?.children ?? [])
      if (row instanceof HTMLElement && row.dataset['key'] === key) return row
    return undefined
  }

  #toBottom(): void {
    const scroller = this.#scroller.current
    if (scroller) scroller.scrollTop = scroller.scrollHeight
  }

  #isNearEnd(): boolean {
    const scroller = this.#scroller.current
    if (!scroller || this.#to !== 'end' || !this.#knowsEnd) return false
    return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < endPx
  }

  readonly #scrolled = (): void => {
    const scroller = this.#scroller.current
    if (!scroller || !this.#placed) return
    const was = this.#isAtEnd
    this.#isAtEnd = this.#isNearEnd()
    // Who goes along with the end needs no more than is drawn first.
    if (this.#isAtEnd && this.#from !== undefined && !was) this.#from = undefined
    if (!this.#isAtEnd && this.#from === undefined) {
      const [start] = this.#window()
      this.#from = this.props.place.log.messages[start]?.id
    }
    if (scroller.scrollTop < nearPx) this.#more('up')
    if (scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < nearPx) this.#more('down')
    if (was !== this.#isAtEnd) this.#draw()
    this.#lookedAt()
  }

  #more(way: 'up' | 'down'): void {
    const { chat, place } = this.props
    const { messages, before } = place.log
    const knowsEnd = this.#knowsEnd
    const [start, end] = this.#window()
    if (way === 'up') {
      if (start === 0) {
        if (before !== 'start') void chat.loading.older(place.name)
        return
      }
      const next = Math.max(0, start - step)
      this.#from = messages[next]?.id
      if (end - next > mostDrawn) this.#to = messages[next + mostDrawn - 1]?.id ?? 'end'
      this.#draw()
      return
    }
    if (this.#to === 'end' && knowsEnd) {
      // Somebody reads above while much is said: what is drawn stays bounded.
      if (!this.#isAtEnd && end - start > mostDrawn + step) {
        this.#to = messages[start + mostDrawn - 1]?.id ?? 'end'
        this.#draw()
      }
      return
    }
    const next = Math.min(messages.length, end + step)
    if (next === messages.length && !knowsEnd) void chat.loading.newer(place.name)
    const to = next === messages.length && knowsEnd ? 'end' : (messages[next - 1]?.id ?? 'end')
    const from = next - start > mostDrawn ? messages[next - mostDrawn]?.id : this.#from
    if (to === this.#to && from === this.#from) return
    this.#to = to
    this.#from = from
    this.#draw()
  }

  /** What stands on the screen of somebody who looks is read. */
  readonly #lookedAt = (): void => {
    const scroller = this.#scroller.current
    const content = this.#content.current
    if (!scroller || !content || !this.#placed || document.visibilityState !== 'visible') return
    const bottom = scroller.scrollTop + scroller.clientHeight + 4
    for (let at = content.children.length - 1; at >= 0; at--) {
      const row = content.children[at]
      if (!(row instanceof HTMLElement) || row.offsetTop + row.offsetHeight > bottom) continue
      const id = Number(row.dataset['key'])
      if (!Number.isSafeInteger(id)) continue
      this.props.chat.reading.seen(this.props.place.name, id)
      return
    }
  }

  readonly #toLatest = async (): Promise<void> => {
    const { chat, place } = this.props
    if (!place.log.atEnd) await chat.loading.latest(place.name)
    this.#from = undefined
    this.#to = 'end'
    this.#isAtEnd = true
    this.#placed = true
    this.#wantedAt = undefined
    this.#draw()
    this.#toBottom()
    this.#scroller.current?.focus()
  }

  readonly #toMarker = async (): Promise<void> => {
    const { chat, place } = this.props
    await chat.loading.around(place.name, (place.newFrom ?? 0) + 1)
    this.#placed = false
    this.#isAtEnd = false
    this.#from = undefined
    this.#draw()
  }

  /** From row to row by the arrows; the page keys scroll as ever. */
  readonly #keyed = (event: KeyboardEvent): void => {
    const rows = [...(this.#content.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])]
    const at = rows.indexOf(document.activeElement as HTMLElement)
    if (event.key === 'End' && !event.shiftKey) {
      event.preventDefault()
      void this.#toLatest()
    }
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
    if (event.altKey) return
    event.preventDefault()
    const next = at < 0 ? rows.length - 1 : at + (event.key === 'ArrowUp' ? -1 : 1)
    rows[Math.max(0, Math.min(rows.length - 1, next))]?.focus()
  }
}

interface OneRowProps {
  readonly row: Row
  readonly chat: Chat
  readonly place: Place
  readonly me: string
  readonly onEdit: (message: Message) => void
}

function OneRow({ row, chat, place, me, onEdit }: OneRowProps) {
  switch (row.kind) {
    case 'day':
      return (
        <div class="day" data-key={row.key}>
          <span>{dayName(row.at, Date.now())}</span>
        </div>
      )
    case 'new':
      return (
        <div class="new-line" data-key={row.key}>
          <span>New</span>
        </div>
      )
    case 'notes':
      return <NotesRow row={row} />
    case 'pending':
      return <PendingRow row={row} chat={chat} me={me} />
    case 'message':
      return (
        <MessageRow message={row.message} goesOn={row.goesOn} place={place.name} me={me} onEdit={onEdit} />
      )
  }
}
