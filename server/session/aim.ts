import { fail, type Problem } from '../chat/model/failures.ts'
import { type Listener, nowOf, type Person } from '../chat/model/people.ts'
import { isChannel, isGone, type Target } from '../chat/talk/talk.ts'
import type { Services } from '../commands/command.ts'

/** So long behind a change of place that failed, talk may have been meant for there; in ms. */
const lateMs = 2_000

/** Why what is typed may be meant for another place than it would go to. */
type Doubt =
  /** A private talk began by what the other one did. `lines` left; undefined as long as the person has not been told. */
  | { readonly why: 'begun'; readonly name: string; lines: number | undefined }
  /**
   * A change of place did not work, or (`waiting`) only will. Until all `lines` that were there are done and it is `until`
   * (in ticks), or for good if that is undefined: until another one works.
   */
  | { readonly why: 'missed' | 'waiting'; readonly name: string; lines: number; until: number | undefined }

/** What the aims of all connections share. */
export type AimServices = Pick<Services, 'clock' | 'pairs'>

/** Whose words they are. */
export interface Owner extends Listener {
  readonly person: Person | undefined
}

/**
 * Where the plain words of one connection go. That changes by what its person does, or it becomes nowhere: nothing that
 * anybody else does, and nothing that goes wrong, sends words to another place.
 */
export class Aim {
  readonly #services: AimServices
  readonly #input: { readonly waiting: number }
  readonly #owner: Owner
  #target: Target | undefined
  /** The private talk, or being in a channel, that has ended without the person, as long as nothing else was chosen. */
  #ended: { readonly ended: string; readonly back: string | undefined; readonly resume?: true } | undefined
  #doubt: Doubt | undefined
  /** What was said last, wherever it went, and where plain words went then. */
  #lastSaid: { readonly id: number; readonly target: Target | undefined } | undefined

  /** `input` knows how many lines have come and are not done. */
  constructor(services: AimServices, input: { readonly waiting: number }, owner: Owner) {
    this.#services = services
    this.#input = input
    this.#owner = owner
  }

  get target(): Target | undefined {
    const target = this.#target
    // Words for a guest who has made an account are for that.
    if (target && !isChannel(target)) this.#target = nowOf(target)
    return this.#target
  }

  /** The person has chosen this. */
  set target(target: Target | undefined) {
    this.#target = target
    this.#ended = undefined
    this.#doubt = undefined
  }

  /** The person is another one, or nobody. */
  reset(): void {
    this.target = undefined
    this.#lastSaid = undefined
  }

  /** The person said something, wherever it went. */
  said(id: number): void {
    this.#lastSaid = { id, target: this.target }
  }

  /** Of what was said, this is no more. */
  takenBack(id: number): void {
    if (id === this.#lastSaid?.id) this.#lastSaid = undefined
  }

  /** The number of what was said last, if that is not taken back and no other target chosen since. */
  get lastSaid(): number | undefined {
    return this.#lastSaid?.target === this.target ? this.#lastSaid?.id : undefined
  }

  /** Where plain text goes, by name: the private talk that there is, or else the target. */
  get name(): string | undefined {
    const { target } = this
    const { person } = this.#owner
    const partner = this.#services.pairs.partnerOf(this.#owner)
    return (partner ?? (person && target && !isGone(person, target) ? target : undefined))?.name
  }

  /** See Terminal. */
  talkTo(target: Target): void {
    const { pairs } = this.#services
    pairs.end(this.#owner)
    this.target = target
    const { grant, person } = this.#owner
    // Scripts choose for themselves.
    if (person && !grant) pairs.hasChosen(person)
  }

  /**
   * It goes nowhere now: what somebody was in has ended without them. Answers where they could go on, if anywhere;
   * `resume`: or with the talk.
   */
  end(ended: string, back: string | undefined, resume = false): string | undefined {
    this.#target = undefined
    this.#ended = { ended, back: back ?? this.#ended?.back, ...(resume ? { resume } : {}) }
    return this.#ended.back
  }

  /** The person is in this channel no more. Answers where plain text goes now; see Listener. */
  takenOut(channel: string, back: string | undefined): string | undefined {
    if (this.target?.name === channel) this.end(channel, back)
    return this.name
  }

  /** Another one has begun a private talk with the person, who has not been told yet. */
  begin(name: string): void {
    this.#doubt = { why: 'begun', name, lines: undefined }
  }

  /** All that happened has been told by now. The next line may be under way. */
  told(): void {
    const doubt = this.#doubt
    if (doubt?.why === 'begun') doubt.lines ??= this.#input.waiting + 1
  }

  /** The person wanted to talk elsewhere, and does not yet; a program (`forGood`) may never notice. */
  miss(why: 'missed' | 'waiting', name: string, forGood = false): void {
    const until = forGood ? undefined : this.#services.clock.ticks() + lateMs
    this.#doubt = { why, name, lines: this.#input.waiting, until }
    if (forGood) this.#target = undefined
  }

  /** A line has its turn. */
  nextLine(): void {
    const doubt = this.#doubt
    if (doubt?.lines === undefined) return
    // Lines that were there may be dropped.
    if (doubt.lines > 0)
      doubt.lines = Math.min(doubt.lines - 1, this.#input.waiting + (doubt.why === 'begun' ? 1 : 0))
    else if (doubt.why === 'begun') this.#doubt = undefined
  }

  /** See Terminal. */
  checkFor(what: 'words' | 'channel'): void {
    if (!this.#doubt) return
    if (what === 'words') this.#check(this.#doubt, this.name)
    // What acts on a channel that is not named.
    else if (this.#doubt.why !== 'begun') this.#check(this.#doubt, this.target?.name)
  }

  /** Throws `not-said` where a line may be meant for another place; `goes` is where it would go. */
  #check(doubt: Doubt, goes: string | undefined): void {
    if (doubt.why !== 'begun' && doubt.until !== undefined) {
      // It goes nowhere in any case, and why is another thing to say.
      if (goes === undefined) return
      if (doubt.lines === 0 && this.#services.clock.ticks() >= doubt.until) {
        this.#doubt = undefined
        return
      }
      // What was pasted comes no faster than an allowance lets it: it is over when nothing more has come for a while.
      doubt.until = this.#services.clock.ticks() + lateMs
    }
    // What was pasted goes on behind the line that was under way.
    if (doubt.why === 'begun' && doubt.lines === 0) doubt.lines = this.#input.waiting
    const { why, name } = doubt
    const forGood = why !== 'begun' && doubt.until === undefined
    throw fail({ code: 'not-said', why, name, target: forGood ? undefined : goes })
  }

  /** What has ended, for who reads that they talk nowhere. */
  explained(problem: Problem): Problem {
    return problem.code === 'no-target' && this.#ended && !this.target
      ? { ...problem, ...this.#ended }
      : problem
  }
}
