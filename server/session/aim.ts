import { fail, type Problem } from '../chat/model/failures.ts'
import { type Listener, nowOf, type Person } from '../chat/model/people.ts'
import { isChannel, isGone, type Target } from '../chat/talk/target.ts'
import type { Services } from '../commands/services.ts'

/** For this long after a failed change of target, words may be meant for the place that was not reached; in ms. */
const lateMs = 2_000

/** Why words may be meant for another place than the present target. */
type Doubt =
  /** The other one began a private talk. `lines` are still in doubt; undefined until the person has been told. */
  | { readonly why: 'begun'; readonly name: string; lines: number | undefined }
  /**
   * A change of target did not work, or (`waiting`) will only work later. It lasts until the `lines` that had come are done
   * and it is `until` (in ticks). If `until` is undefined, it lasts until another change works.
   */
  | { readonly why: 'missed' | 'waiting'; readonly name: string; lines: number; until: number | undefined }

/** The services that an aim needs. */
export type AimServices = Pick<Services, 'clock' | 'pairs'>

/** The connection whose words they are. */
export interface Owner extends Listener {
  readonly person: Person | undefined
}

/**
 * Where the plain words of one connection go. Only its person chooses another place. Whatever others do, and whatever goes
 * wrong, words go nowhere rather than to a place that the person has not chosen.
 */
export class Aim {
  readonly #services: AimServices
  readonly #input: { readonly waiting: number }
  readonly #owner: Owner
  #target: Target | undefined
  /** The private talk or channel that ended without the person's doing, until the person chooses a target. */
  #ended: { readonly ended: string; readonly back: string | undefined; readonly resume?: true } | undefined
  #doubt: Doubt | undefined
  /** The last message, to any target, and the target of plain words at that time. */
  #lastSaid: { readonly id: number; readonly target: Target | undefined } | undefined

  /** `input` knows how many lines have come and are not done. */
  constructor(services: AimServices, input: { readonly waiting: number }, owner: Owner) {
    this.#services = services
    this.#input = input
    this.#owner = owner
  }

  get target(): Target | undefined {
    const target = this.#target
    // A guest has made an account: words for the guest go to the account.
    if (target && !isChannel(target)) this.#target = nowOf(target)
    return this.#target
  }

  /** The person has chosen a target. */
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

  /** A message of the person was deleted. */
  takenBack(id: number): void {
    if (id === this.#lastSaid?.id) this.#lastSaid = undefined
  }

  /** The number of the last message, unless it was deleted or another target chosen since. */
  get lastSaid(): number | undefined {
    return this.#lastSaid?.target === this.target ? this.#lastSaid?.id : undefined
  }

  /** The name of the place where plain text goes: the partner of the private talk, or else the target. */
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
   * The talk or channel `ended` is over without the person's doing, so words go nowhere. Returns where the person could go
   * on, if anywhere; `resume`: the talk itself can go on, too.
   */
  end(ended: string, back: string | undefined, resume = false): string | undefined {
    this.#target = undefined
    this.#ended = { ended, back: back ?? this.#ended?.back, ...(resume ? { resume } : {}) }
    return this.#ended.back
  }

  /** The person is no longer in this channel. Returns where plain text goes now; see Listener. */
  takenOut(channel: string, back: string | undefined): string | undefined {
    if (this.target?.name === channel) this.end(channel, back)
    return this.name
  }

  /** Another one has begun a private talk with the person, who has not been told yet. */
  begin(name: string): void {
    this.#doubt = { why: 'begun', name, lines: undefined }
  }

  /** The person has been told everything that happened. One more line may be under way. */
  told(): void {
    const doubt = this.#doubt
    if (doubt?.why === 'begun') doubt.lines ??= this.#input.waiting + 1
  }

  /** The person wanted another target and does not have it yet. A program (`forGood`) may not notice, so words wait until a change works. */
  miss(why: 'missed' | 'waiting', name: string, forGood = false): void {
    const until = forGood ? undefined : this.#services.clock.ticks() + lateMs
    this.#doubt = { why, name, lines: this.#input.waiting, until }
    if (forGood) this.#target = undefined
  }

  /** A line has its turn. */
  nextLine(): void {
    const doubt = this.#doubt
    if (doubt?.lines === undefined) return
    // Waiting lines may have been dropped.
    if (doubt.lines > 0)
      doubt.lines = Math.min(doubt.lines - 1, this.#input.waiting + (doubt.why === 'begun' ? 1 : 0))
    else if (doubt.why === 'begun') this.#doubt = undefined
  }

  /** See Terminal. */
  checkFor(what: 'words' | 'channel'): void {
    if (!this.#doubt) return
    if (what === 'words') this.#check(this.#doubt, this.name)
    // A command acts on the present channel without naming it.
    else if (this.#doubt.why !== 'begun') this.#check(this.#doubt, this.target?.name)
  }

  /** Throws `not-said` if a line may be meant for another place; `goes` is its present target. */
  #check(doubt: Doubt, goes: string | undefined): void {
    if (doubt.why !== 'begun' && doubt.until !== undefined) {
      // There is no target: another failure says so.
      if (goes === undefined) return
      if (doubt.lines === 0 && this.#services.clock.ticks() >= doubt.until) {
        this.#doubt = undefined
        return
      }
      // Pasted lines come only as fast as the allowance permits: the doubt ends when no line has come for a while.
      doubt.until = this.#services.clock.ticks() + lateMs
    }
    // The line that was under way may be the first of a pasted text.
    if (doubt.why === 'begun' && doubt.lines === 0) doubt.lines = this.#input.waiting
    const { why, name } = doubt
    const forGood = why !== 'begun' && doubt.until === undefined
    throw fail({ code: 'not-said', why, name, target: forGood ? undefined : goes })
  }

  /** Adds to `no-target` which talk or channel has ended. */
  explained(problem: Problem): Problem {
    return problem.code === 'no-target' && this.#ended && !this.target
      ? { ...problem, ...this.#ended }
      : problem
  }
}
