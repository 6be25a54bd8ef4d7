import type { CeilingName } from './ceilings.ts'
import type { Grant } from './grant.ts'
import type { WaysIn } from './ways-in.ts'

/** A ban or a mute as whoever it concerns is told it: at `now` it lasts until `until`, in ms since the epoch. `guests`: it is about all of them. */
export interface Told {
  readonly now: number
  readonly until: number | undefined
  readonly why: string | undefined
  readonly guests?: true
}

/**
 * Why something did not work: a code that programs can rely on, and what a sentence about it needs.
 * `dialects/failure-text.ts` has the sentences.
 */
export type Problem =
  | { readonly code: 'unknown-command'; readonly command: string; readonly nearest?: string | undefined }
  | { readonly code: 'bad-arguments'; readonly detail: string; readonly usage?: string }
  /** `row`: of what is pasted, from 1. */
  /** `telnet`: it may have come by a Unix telnet, which takes some letters for keys. */
  | { readonly code: 'bad-encoding'; readonly row?: number; readonly telnet?: true }
  | { readonly code: 'line-too-long'; readonly limit: number; readonly row?: number; readonly cut?: true }
  /** A text of several rows. */
  | { readonly code: 'text-too-long'; readonly what: 'rows' | 'bytes'; readonly limit: number }
  /** `ways`: what can be done about it here; every way if it is missing. */
  | { readonly code: 'not-logged-in'; readonly ways?: WaysIn }
  | {
      readonly code: 'not-allowed'
      readonly why: NotAllowed
      readonly ways?: WaysIn
      /** Where that may not be done; `unled` where nobody but operators leads it. */
      readonly channel?: string
      readonly unled?: true
    }
  | { readonly code: 'already-logged-in'; readonly name: string }
  /** `own`: the password of somebody who is logged in. `code`: a recovery code. */
  | { readonly code: 'bad-login'; readonly wrong?: 'own' | 'code' }
  /** Of a channel: `open` if it can be entered, `request` if there is an invitation into it. `rests`: it was somebody's, and is nobody's until then (ms since the epoch). */
  | {
      readonly code: 'name-taken'
      readonly name: string
      readonly rests?: number
      readonly open?: true
      readonly request?: number
      /** A guest had it until a moment ago. */
      readonly lately?: true
      /** The operators keep it. */
      readonly reserved?: true
    }
  | { readonly code: 'bad-name'; readonly what: 'person' | 'channel' | 'token'; readonly name: string }
  | { readonly code: 'weak-password'; readonly minimum: number }
  | { readonly code: 'password-spaces' }
  | { readonly code: 'password-too-long'; readonly limit: number }
  | { readonly code: 'passwords-differ' }
  /** A new password that is the one before. */
  | { readonly code: 'password-unchanged' }
  /** `seconds`: how long somebody who failed to log in has to wait, who has just asked for all that is stored, or who wants one more account. */
  | { readonly code: 'try-later'; readonly seconds?: number; readonly what?: 'mydata' | 'signup' | 'once' }
  | { readonly code: 'tls-required' }
  /** One line for each problem. */
  | { readonly code: 'bad-config'; readonly problems: readonly string[] }
  | { readonly code: 'no-such-user'; readonly name: string; readonly channel?: string }
  /** `request`: the number of an invitation into it, for who has one. */
  | {
      readonly code: 'no-such-channel'
      readonly channel: string
      readonly mayCreate: boolean
      readonly request?: number
    }
  | { readonly code: 'no-such-token'; readonly name: string }
  /** Somebody came in by a token that is not for this; `why` it is not. */
  | {
      readonly code: 'token-limited'
      readonly grant: Grant
      readonly why: 'scope' | 'password' | 'operator'
    }
  /** `name`: it is about somebody else. `ban`: one cannot come in either. */
  | {
      readonly code: 'not-a-member'
      readonly channel: string
      readonly name?: string
      readonly ban?: Told
      readonly ways?: WaysIn
    }
  /** Nobody would be left in it, and what was said there would be gone; the same again within a minute does it. */
  | { readonly code: 'ends-channel'; readonly channel: string }
  | { readonly code: 'already-a-member'; readonly channel: string; readonly name: string }
  | { readonly code: 'invite-only'; readonly channel: string }
  /** Oneself, by this ban, or else somebody else of that `name`. */
  | {
      readonly code: 'banned'
      readonly channel: string
      readonly name?: string
      readonly ban?: Told
      readonly ways?: WaysIn
    }
  /** `nick`: it keeps a guest from taking another nick. `reason`: the words were why something is done to another. */
  | {
      readonly code: 'muted'
      readonly channel: string
      readonly mute?: Told
      readonly nick?: true
      readonly reason?: true
      readonly ways?: WaysIn
    }
  | { readonly code: 'blocked'; readonly name: string }
  | { readonly code: 'no-such-request'; readonly request: number }
  | { readonly code: 'no-such-ban'; readonly name: string }
  | { readonly code: 'no-such-contact'; readonly name: string }
  | { readonly code: 'offline'; readonly name: string }
  | { readonly code: 'no-talk' }
  /** No message of that number for whoever asks; without a number: they have said nothing here lately. */
  | { readonly code: 'no-such-message'; readonly id: number | undefined }
  /** After so many hours what one has said stays as it is. */
  | { readonly code: 'too-late'; readonly hours: number }
  | { readonly code: 'nobody-wrote' }
  /** There would be nobody left who can do what operators do. */
  | { readonly code: 'last-operator'; readonly name: string }
  | { readonly code: 'bad-invite' }
  /** `with`: a channel is meant, and they talk with a person. `ended`: who ended a private talk; `back`: where words went before. `resume`: it may go on. */
  | {
      readonly code: 'no-target'
      readonly with?: string
      readonly ended?: string
      readonly resume?: true
      readonly back?: string | undefined
    }
  | { readonly code: 'signup-closed' }
  /** Some of it is done, and the rest could not be: `detail` says what. */
  | { readonly code: 'half-done'; readonly detail: string }
  /** After so many `mistakes`, if not by the person; then also what to type, what was lost and where words go now. */
  | {
      readonly code: 'cancelled'
      readonly mistakes?: number
      readonly again?: string
      /** Lines that had come already and are not looked at. */
      readonly dropped?: number
      readonly target?: string | undefined
    }
  /**
   * Talk that may be a secret: it came right behind a question that ended by mistakes, and may be the answer, or begins
   * with the name of the command `meant`, without its slash. Or it may be for another place: it came right behind a change
   * of place that did not work (`missed`, by the command `name`), or only will (`waiting` for `name`), or when another one
   * had just `begun` a private talk. `target` is where it goes later; nowhere, if missing.
   */
  | {
      readonly code: 'not-said'
      readonly target: string | undefined
      readonly meant?: string
      readonly own?: true
      readonly why?: 'begun' | 'missed' | 'waiting'
      readonly name?: string
    }
  | { readonly code: 'no-such-file'; readonly file: number }
  | { readonly code: 'file-gone'; readonly file: number; readonly name: string }
  | { readonly code: 'bad-file-name'; readonly name: string }
  /** Sizes in bytes. */
  | { readonly code: 'file-too-large'; readonly limit: number }
  | {
      readonly code: 'quota-exceeded'
      readonly what: QuotaName
      readonly limit: number
      /** Whose it is, if not one's own. */
      readonly name?: string
    }
  /** `what`: the disk is so full that nothing new is stored; otherwise a file has no room. */
  | { readonly code: 'disk-full'; readonly what?: 'messages' }
  /** A token for a file that stands for nothing (any more). */
  | { readonly code: 'bad-ticket' }
  | { readonly code: 'ticket-in-use' }
  | { readonly code: 'wrong-size'; readonly size: number }
  | { readonly code: 'wrong-offset'; readonly offset: number }
  /** The bytes ended, or nothing came for too long, before the file was whole. */
  | { readonly code: 'upload-broken'; readonly received: number; readonly size?: number | undefined }
  /** `limit`: of people from one address who have not logged in. */
  | { readonly code: 'server-full'; readonly why: 'server' }
  | { readonly code: 'server-full'; readonly why: 'address'; readonly limit: number }
  | { readonly code: 'took-too-long'; readonly seconds: number }
  | { readonly code: 'unavailable' }
  | { readonly code: 'internal' }

/** What there may be only so much of: bytes of files and uploads, and all that `ceilings` is about. */
export type QuotaName = 'account' | 'server' | 'uploads' | CeilingName

export type NotAllowed =
  | 'guests-cannot'
  | 'no-guests'
  | 'operators-only'
  | 'only-operators-create'
  | 'names-are-kept'
  | 'offline-for-guests'
  | 'default-channel'
  | 'default-topic'
  | 'default-unled'
  | 'moderators-only'
  | 'admins-only'
  | 'outranked'
  /** Who set a ban or a mute has more to say than who would lift or change it. */
  | 'set-from-above'
  | 'not-oneself'
  | 'not-guests'
  | 'not-operators'
  | 'invites-are-off'
  | 'files-are-off'
  | 'not-your-file'
  | 'not-your-message'
  | 'between-you'
  | 'a-file-stays'

export type FailureCode = Problem['code']

/** A rule said no. Thrown where the rule is, caught once where a line is dispatched. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.code)
    this.problem = problem
  }
}

export function fail(problem: Problem): Failure {
  return new Failure(problem)
}
