import { applyAnswer } from '../state/answers.ts'
import { applyEvent, withToast } from '../state/events.ts'
import { withGap } from '../state/log.ts'
import { withOverview } from '../state/overview.ts'
import { inLog, isMe, withoutPlace, withPlace } from '../state/places.ts'
import { type Hello, keyOf, type Me, nobody, type Question, type State } from '../state/state.ts'
import { Store } from '../state/store.ts'
import { withoutCommands } from '../text/plain.ts'
import { type Answer, Connection, type Line, lostCode, type Socket, type Timers } from '../wire/connection.ts'
import type { Frame, Message, Result } from '../wire/protocol.ts'
import type { Core } from './core.ts'
import { type Cookies, type Entered, Entrance, type Leaving } from './entrance.ts'
import { Loading } from './loading.ts'
import { Reading } from './reading.ts'
import { Saying } from './saying.ts'
import { Typing } from './typing.ts'
import { type Put, Uploads } from './uploads.ts'

/** Something that is for oneself: a direct message, one that names one, an invitation, a wish to talk, or a notice. */
export interface Call {
  readonly from: string
  readonly text: string
  /** Where it was said; what was said nowhere waits in the inbox. */
  readonly place?: string
}

export interface ChatParts {
  readonly open: () => Socket
  readonly timers: Timers
  readonly now: () => number
  readonly cookies: Cookies
  readonly put: Put
  /** A key that nobody else makes. */
  readonly keyFor: () => string
  /** Where the nick of a guest is kept while the page is loaded anew. */
  readonly nick: { get(): string | undefined; set(nick: string | undefined): void }
  readonly leaving: Leaving
  /** One is nobody now: what the browser keeps of who was there has to go. `wasSomebody`: they had been in this page. */
  readonly onForgotten?: (wasSomebody: boolean) => void
  readonly onCall?: (call: Call) => void
}

/** The page without its looks: one connection, what is known by it, and what one can do. */
export class Chat {
  readonly store: Store
  readonly loading: Loading
  readonly saying: Saying
  readonly reading: Reading
  readonly typing: Typing
  readonly uploads: Uploads
  readonly #connection: Connection
  readonly #entrance: Entrance
  readonly #parts: ChatParts
  #ready = false
  /** Where the server says what oneself types without a place: commands mean that. */
  #target: string | undefined
  /** What one did not want after all, by line, and what was asked. */
  readonly #refused = new Map<string, string>()
  /** Why the password is asked for once more. */
  #wrong: string | undefined
  #answerQuestion: ((answer: string | undefined) => void) | undefined

  constructor(parts: ChatParts, store = new Store()) {
    this.#parts = parts
    this.store = store
    const { timers, now } = parts
    this.#connection = new Connection({
      open: parts.open,
      timers,
      onLink: (link) => {
        if (link.state !== 'open') this.#ready = false
        store.change((state) => ({ ...state, link }))
        if (link.state === 'lost') this.#lost()
      },
      onFrame: (frame) => this.#heard(frame),
    })
    this.#entrance = new Entrance(this.#connection, parts.cookies, parts.leaving)
    const core: Core = {
      state: () => store.state,
      change: (next) => store.change(next),
      request: (line, answer) => this.request(line, answer),
      timers,
      now,
    }
    this.loading = new Loading(core)
    this.saying = new Saying(core, parts.keyFor)
    this.reading = new Reading(core)
    this.typing = new Typing(core)
    this.uploads = new Uploads(core, parts.put)
  }

  get state(): State {
    return this.store.state
  }

  start(): void {
    this.#connection.start()
  }

  /** One looks at the page again, or the network is back. */
  check(): void {
    this.#connection.check()
  }

  /** A sign of life while somebody fills in a form: it costs nothing, and has no answer. */
  alive(): void {
    this.#connection.alive()
  }

  /** Sends a line once it is known who one is; what the answer changes is in the state when it resolves. */
  async request(line: Line, answer?: Answer): Promise<Result> {
    if (!this.#ready) return notConnected
    let isOwnAsked = false
    const asking: Answer | undefined =
      answer &&
      ((prompt) => {
        isOwnAsked ||= isOwnPassword(prompt.text)
        return answer(prompt)
      })
    let result = await this.#connection.request(line, asking)
    // Whoever mistyped it is asked again, and does not begin anew.
    while (!result.ok && result.error.code === 'bad-login' && isOwnAsked) {
      isOwnAsked = false
      this.#wrong = result.error.message
      result = await this.#connection.request(line, asking)
      this.#wrong = undefined
    }
    if (result.ok) {
      this.store.change((state) => applyAnswer(state, result.command, result.data, this.at))
      if (changesOverview.has(result.command)) void this.overview()
    }
    return result
  }

  /**
   * A command, typed or chosen, that may ask and may be about the place that is shown. What destroys something is asked
   * about first, as a terminal would be.
   */
  async command(line: string, place?: string): Promise<Result> {
    if (place !== undefined && keyOf(place) !== keyOf(this.#target ?? '')) {
      const switched = await this.request({ line: `/switch ${place}` })
      if (switched.ok) this.#target = place
    }
    // The server takes the same line within a minute for a yes.
    const refused = this.#refused.get(line)
    if (refused !== undefined && !(await this.confirm(refused, 'Do it'))) return cancelled
    const result = await this.request({ line }, this.ask)
    if (result.ok) {
      this.#refused.delete(line)
      const { target, channel } = result.data as { target?: string; channel?: string }
      if (movesTarget.has(result.command)) this.#target = target
      if (entersChannel.has(result.command)) this.#target = channel
      return result
    }
    if (result.error.code !== 'ends-channel') return result
    const text = result.error.message.replace(/ Say the same again.*$/, '')
    if (await this.confirm(text, 'Do it')) return this.request({ line }, this.ask)
    this.#refused.set(line, text)
    return cancelled
  }

  /** Like `command`, for buttons: says what went wrong. Whether it worked. */
  async act(line: string, place?: string): Promise<boolean> {
    const result = await this.command(line, place)
    if (!result.ok && result.error.code !== 'cancelled')
      this.toast(withoutCommands(result.error.message), 'failure')
    return result.ok
  }

  /** Asks the person what the server asks. */
  readonly ask: Answer = async (prompt) => {
    const [, text] = /^(.*?)\s*yes or no\W*$/i.exec(prompt.text) ?? []
    if (text === undefined) {
      const wrong = isOwnPassword(prompt.text) && this.#wrong !== undefined ? { failed: this.#wrong } : {}
      return this.#question({ ...prompt, ...wrong })
    }
    return (await this.confirm(text, 'Yes')) ? 'yes' : 'no'
  }

  /** Asks for a yes. */
  async confirm(text: string, yes: string): Promise<boolean> {
    return (await this.#question({ text, secret: false, yes })) !== undefined
  }

  /** What the person says to the question that is open; undefined leaves it. */
  answer(answer: string | undefined): void {
    const tell = this.#answerQuestion
    this.#answerQuestion = undefined
    this.store.change(({ question: _, ...state }) => state)
    tell?.(answer)
  }

  /** One has written the recovery code down. */
  codeKept(): void {
    this.store.change(({ recoveryCode: _, ...state }) => state)
  }

  /** Takes a channel off the list that one is not in any more. */
  forgetPlace(name: string): void {
    this.store.change((state) => withoutPlace(state, name))
  }

  toast(text: string, kind: 'info' | 'failure' = 'info'): void {
    this.store.change((state) => withToast(state, text, kind))
  }

  untoast(number: number): void {
    this.store.change((state) => ({
      ...state,
      toasts: state.toasts.filter((toast) => toast.number !== number),
      // Who puts a notice away has read it.
      ...(state.toasts.some((toast) => toast.number === number && toast.kind === 'notice')
        ? { unseenNotices: Math.max(0, state.unseenNotices - 1) }
        : {}),
    }))
  }

  logIn(name: string, password: string): Promise<Entered> {
    const chooseNew = () =>
      this.#question({
        text: 'An operator chose your password. Choose one of your own',
        label: 'New password',
        secret: true,
        twice: true,
      })
    return this.#in(this.#entrance.logIn(name, password, chooseNew))
  }

  signUp(details: Parameters<Entrance['signUp']>[0]): Promise<Entered> {
    return this.#in(this.#entrance.signUp(details))
  }

  recover(name: string, code: string, password: string, again: string): Promise<Entered> {
    return this.#in(this.#entrance.recover(name, code, password, again))
  }

  async asGuest(name: string): Promise<Entered> {
    const entered = await this.#in(this.#entrance.asGuest(name))
    if ('data' in entered) this.#parts.nick.set(String(entered.data['name']).replace(/^~/, ''))
    return entered
  }

  /** After the password was changed the cookie is another one. */
  async stay(): Promise<void> {
    await this.#entrance.stay(this.ask)
  }

  /** Why it did not work, if so. All other connections of the account are closed, and this browser gets another cookie. */
  async changePassword(present: string, fresh: string): Promise<string | undefined> {
    const result = await this.request({ line: '/passwd' }, async ({ text }) =>
      /present/i.test(text) ? present : fresh,
    )
    if (!result.ok) return result.error.message
    await this.stay()
    return undefined
  }

  /** Closes the connection until one comes back by `comeBack`. */
  goOffline(): void {
    this.reading.tell()
    this.#ready = false
    this.#connection.stop()
    this.loading.forget()
    this.store.change((state) => ({ ...state, link: { state: 'offline' } }))
  }

  comeBack(): void {
    this.#connection.start()
  }

  async logOut(): Promise<void> {
    this.#parts.nick.set(undefined)
    await this.#entrance.logOut()
    this.forgetMe()
    this.#connection.reopen()
  }

  /** One is nobody any more: nothing of what was known stays. */
  forgetMe(): void {
    const wasSomebody = this.state.me !== undefined
    this.#ready = false
    this.#target = undefined
    this.#refused.clear()
    this.answer(undefined)
    for (const part of [this.saying, this.uploads, this.reading]) part.forget()
    this.store.change(({ link, server }) => ({
      ...nobody,
      link,
      known: true,
      ...(server === undefined ? {} : { server }),
    }))
    this.#parts.onForgotten?.(wasSomebody)
  }

  #question(question: Question): Promise<string | undefined> {
    this.#answerQuestion?.(undefined)
    return new Promise((resolve) => {
      this.#answerQuestion = resolve
      this.store.change((state) => ({ ...state, question }))
    })
  }

  #heard(frame: Frame): void {
    if (frame.type === 'hello') {
      void this.#greeted(frame as unknown as Hello)
      return
    }
    if (frame.type === 'typing') {
      this.typing.heard(frame)
      return
    }
    const before = this.state
    this.store.change((state) => applyEvent(state, frame, this.at))
    if (frame.type === 'unpaired' || frame.type === 'paired') this.#target = undefined
    if (frame.type === 'read' && hasOldUnread(this.state, frame)) void this.overview()
    if (frame.type === 'joined' && frame['you'] === true) void this.overview()
    if (frame.type === 'removed' && frame['you'] === true && this.#target !== undefined)
      this.#target = undefined
    if (frame.type === 'closing' && isByOperator(String(frame['reason']))) this.goOffline()
    this.#call(before, frame)
  }

  /** Tells of what is for oneself. */
  #call(state: State, frame: Frame): void {
    const call = this.#callOf(state, frame)
    if (call) this.#parts.onCall?.(call)
  }

  #callOf(state: State, frame: Frame): Call | undefined {
    const { channel, by, id } = frame as unknown as { channel: string; by: string; id: number }
    switch (frame.type) {
      case 'message':
      case 'file': {
        const me = state.me?.name ?? ''
        const { from, to, text } = frame as unknown as Message
        // Said to nobody in particular is a notice.
        if (isMe(state, from) || channel !== undefined || !isMe(state, to ?? me)) return undefined
        if (to === undefined) return { from, text }
        return { from, text: text ?? `sent "${frame['name']}"`, place: from }
      }
      case 'mention': {
        const log = this.state.places.get(keyOf(channel))?.log
        const message = [...(log?.late ?? []), ...(log?.messages ?? [])].findLast((one) => one.id === id)
        return message && { from: message.from, text: message.text, place: channel }
      }
      case 'invited':
        return { from: by, text: `asks you into ${channel}` }
      case 'chosen':
        return { from: by, text: 'would like a private talk with you' }
      default:
        return undefined
    }
  }

  async #greeted(hello: Hello): Promise<void> {
    this.store.change(({ closing: _, ...state }) => ({ ...state, server: hello }))
    const { me } = this.state
    void this.#connection.request({ line: '/format json brief' })
    const nick = me?.guest ? me.name.replace(/^~/, '') : this.#parts.nick.get()
    // Whoever has logged out does not come back because the server was not there to hear it.
    const hasLeft = await this.#entrance.finishLeaving()
    const way =
      hello.session !== undefined && !hasLeft
        ? this.#entrance.asBefore()
        : nick !== undefined && (!me || me.guest)
          ? this.#entrance.asGuest(nick)
          : undefined
    const entered = way && (await this.#in(way, me))
    if (entered && 'data' in entered) return
    if (entered?.error.code === lostCode) return
    this.forgetMe()
    if (me) this.toast('You are not logged in any more.', 'failure')
  }

  /** `before` is who was in this page, where that one comes back. */
  async #in(way: Promise<Entered>, before?: Me): Promise<Entered> {
    const entered = await way
    if (!('data' in entered)) return entered
    // The browser has one cookie, and somebody else may have logged in there meanwhile.
    if (before && before.id !== entered.data['id']) {
      this.forgetMe()
      this.toast(`This browser is logged in as ${String(entered.data['name'])} now.`)
    }
    const { data } = entered
    const { recoveryCode } = data as { recoveryCode?: string }
    if (recoveryCode !== undefined) this.store.change((state) => ({ ...state, recoveryCode }))
    this.#target = typeof data['target'] === 'string' ? data['target'] : undefined
    this.#ready = true
    await this.overview()
    this.store.change((state) => ({ ...state, ...newsOf(state, data) }))
    void this.request({ line: '/typing on' })
    const shown = this.state.shown && this.state.places.get(this.state.shown)
    if (shown) void this.loading.load(shown.name)
    this.saying.resume()
    this.reading.tell()
    return entered
  }

  /** Something was said in a place by a command: what is newest there is asked for. */
  async refresh(name: string): Promise<void> {
    this.store.change((state) =>
      inLog(
        withPlace(state, name, (place) => place),
        name,
        withGap,
      ),
    )
    await this.loading.load(name)
  }

  /** Asks where one is and what is unread. */
  async overview(): Promise<void> {
    const result = await this.request({ line: '/overview' })
    if (result.ok) this.store.change((state) => withOverview(state, result.data))
  }

  #lost(): void {
    this.loading.forget()
    this.answer(undefined)
  }

  /** Now, as times are written. */
  get at(): string {
    return new Date(this.#parts.now()).toISOString()
  }
}

const notConnected: Result = {
  ok: false,
  command: '',
  error: {
    code: lostCode,
    message: 'There is no connection to the server just now. Try again when it is back.',
  },
}

/** Asked of somebody who is logged in by a cookie, before what matters. */
export function isOwnPassword(question: string): boolean {
  return question === 'Password'
}

const cancelled: Result = {
  ok: false,
  command: '',
  error: { code: 'cancelled', message: 'Cancelled. Nothing was changed.' },
}

/** Behind these plain text goes where the answer says. */
const movesTarget: ReadonlySet<string> = new Set(['leave', 'switch', 'end', 'chat'])

/**
 * Neither the answer nor the event says whether the channel that one enters is private, and what one is there; or what is left
 * unread where a channel was quiet.
 */
const changesOverview: ReadonlySet<string> = new Set(['accept', 'join', 'quiet'])

const entersChannel: ReadonlySet<string> = new Set(['join', 'accept', 'create'])

/** An operator ended it: to come back at once and by itself would be no answer to that. */
function isByOperator(reason: string): boolean {
  return reason.startsWith('an operator ended it')
}

/** Something older than what a terminal has shown is unread: the page cannot know how much of it is left. */
function hasOldUnread(state: State, frame: Frame): boolean {
  const { after } = frame as unknown as { after?: number }
  if (after === undefined) return false
  return [...state.places.values()].some(({ unread }) => unread.count > 0 && unread.read < after)
}

/** What else the answer to a login tells. */
function newsOf(state: State, data: Readonly<Record<string, unknown>>): Partial<State> {
  const { news, trouble } = data as {
    readonly news?: {
      readonly notices?: readonly Message[]
      readonly answers?: readonly {
        readonly channel: string
        readonly user: string
        readonly answer?: string
      }[]
      readonly logins?: readonly { readonly address: string; readonly at: string }[]
    }
    readonly trouble?: object
  }
  const notices = news?.notices ?? []
  const told = [
    ...(news?.answers ?? []).map(
      ({ channel, user, answer }) =>
        `${user} ${answer === 'rejected' ? 'declined' : 'accepted'} your invitation into ${channel}.`,
    ),
    ...(news?.logins ?? []).map(
      ({ address, at }) => `Your account logged in from a new address, ${address}, on ${at.slice(0, 10)}.`,
    ),
    ...(trouble ? ['Something went wrong on the server since you were last told: see Operator.'] : []),
  ]
  const known = new Set(state.notices.map(({ id }) => id))
  return {
    notices: [...state.notices, ...notices.filter(({ id }) => !known.has(id))],
    unseenNotices: state.unseenNotices + notices.filter(({ id }) => !known.has(id)).length,
    news: [...state.news, ...told],
  }
}
