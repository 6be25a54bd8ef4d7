import type { CharsetName } from '../../lib/charset-names.ts'
import type { CeilingName } from './ceilings.ts'
import type { Grant } from './grant.ts'
import type { WaysIn } from './ways-in.ts'

/**
 * A ban or a mute, for the person whom it concerns: at `now` it lasts until `until` (ms since the epoch). `guests`: it is
 * about all guests.
 */
export interface RestraintTerms {
  readonly now: number
  readonly until: number | undefined
  readonly why: string | undefined
  readonly guests?: true
}

/**
 * Why something did not work: a code that programs can rely on, and the values for its sentence.
 * `dialects/failure-text.ts` has the sentences.
 */
export type Problem =
  | { readonly code: 'unknown-command'; readonly command: string; readonly nearest?: string | undefined }
  | { readonly code: 'bad-arguments'; readonly detail: string; readonly usage?: string }
  /**
   * `row`: of a pasted text, from 1. `telnet`: it may come from a Unix telnet, which takes some letters for keys. `charset`: how
   * the terminal is read; missing for programs, which have UTF-8 only.
   */
  | {
      readonly code: 'bad-encoding'
      readonly row?: number
      readonly telnet?: true
      readonly charset?: CharsetName | 'utf-8'
    }
  | { readonly code: 'line-too-long'; readonly limit: number; readonly row?: number; readonly cut?: true }
  /** A text of several rows. */
  | { readonly code: 'text-too-long'; readonly what: 'rows' | 'bytes'; readonly limit: number }
  /** `ways`: how to get an account here; every way, if missing. */
  | { readonly code: 'not-logged-in'; readonly ways?: WaysIn }
  | {
      readonly code: 'not-allowed'
      readonly why: NotAllowed
      readonly ways?: WaysIn
      /** The channel in which it is not allowed; `unled`: only operators lead it. */
      readonly channel?: string
      readonly unled?: true
    }
  | { readonly code: 'already-logged-in'; readonly name: string }
  /** `own`: the person's own password, while logged in. `code`: a recovery code. `session`: of a browser. `token`: nothing else was asked for. */
  | { readonly code: 'bad-login'; readonly wrong?: 'own' | 'code' | 'session' | 'token' }
  /**
   * For a channel: `open` if anybody can enter it, `request` if the person is invited. `rests`: until when (ms since the
   * epoch) nobody gets the name, because a deleted account had it.
   */
  | {
      readonly code: 'name-taken'
      readonly name: string
      readonly rests?: number
      readonly open?: true
      readonly request?: number
      /** A guest had it until a moment ago. */
      readonly lately?: true
      /** Only operators give it to somebody. */
      readonly reserved?: true
    }
  | { readonly code: 'bad-name'; readonly what: 'person' | 'channel' | 'token'; readonly name: string }
  | { readonly code: 'weak-password'; readonly minimum: number }
  | { readonly code: 'password-spaces' }
  | { readonly code: 'password-too-long'; readonly limit: number }
  | { readonly code: 'passwords-differ' }
  /** The new password is the same as the old one. */
  | { readonly code: 'password-unchanged' }
  /** `seconds`: how long to wait; `what`: for their stored data, one more account, a `once` key that is in use, or their turn. If missing: for a login. */
  | {
      readonly code: 'try-later'
      readonly seconds?: number
      readonly what?: 'mydata' | 'signup' | 'once' | 'turn'
    }
  | { readonly code: 'tls-required' }
  /** One line for each problem. */
  | { readonly code: 'bad-config'; readonly problems: readonly string[] }
  /**
   * `channel`: one of that name with a `#`. `gone`: the number of the account, which was deleted meanwhile. `talked`: with
   * nobody of that number was there a talk.
   */
  | {
      readonly code: 'no-such-user'
      readonly name: string
      readonly channel?: string
      readonly gone?: number
      readonly talked?: false
    }
  /** `request`: the number of the person's invitation into it. */
  | {
      readonly code: 'no-such-channel'
      readonly channel: string
      readonly mayCreate: boolean
      readonly request?: number
    }
  | { readonly code: 'no-such-token'; readonly name: string }
  /** The login token does not allow it; `why` not. */
  | {
      readonly code: 'token-limited'
      readonly grant: Grant
      readonly why: 'scope' | 'password' | 'operator'
    }
  /** `name`: somebody else is not in it. `ban`: the person cannot enter it either. */
  | {
      readonly code: 'not-a-member'
      readonly channel: string
      readonly name?: string
      readonly ban?: RestraintTerms
      readonly ways?: WaysIn
    }
  /** Nobody would be left in the channel, and its messages would be gone; the same line within a minute confirms it. */
  | { readonly code: 'ends-channel'; readonly channel: string }
  | { readonly code: 'already-a-member'; readonly channel: string; readonly name: string }
  | { readonly code: 'invite-only'; readonly channel: string }
  /** The person, by this `ban`; or somebody else, of this `name`. */
  | {
      readonly code: 'banned'
      readonly channel: string
      readonly name?: string
      readonly ban?: RestraintTerms
      readonly ways?: WaysIn
    }
  /** `nick`: it keeps a guest from taking another nick. `reason`: the words were the reason for a moderator's action. */
  | {
      readonly code: 'muted'
      readonly channel: string
      readonly mute?: RestraintTerms
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
  /** No message of this number that the person may see; without `id`: the person has said nothing here lately. */
  | { readonly code: 'no-such-message'; readonly id: number | undefined }
  /** After this many hours a message can no longer be changed. */
  | { readonly code: 'too-late'; readonly hours: number }
  | { readonly code: 'nobody-wrote' }
  /** The server would have no operator. */
  | { readonly code: 'last-operator'; readonly name: string }
  | { readonly code: 'bad-invite' }
  /**
   * `with`: the command is about a channel, but the person talks with this one. `ended`: the talk or channel that is over.
   * `back`: where words went before. `resume`: the talk may go on.
   */
  | {
      readonly code: 'no-target'
      readonly with?: string
      readonly ended?: string
      readonly resume?: true
      readonly back?: string | undefined
    }
  | { readonly code: 'signup-closed' }
  /** A part is done and the rest is not: `detail` says what. */
  | { readonly code: 'half-done'; readonly detail: string }
  /** By the person, or after so many `mistakes`: then also the command to repeat, the dropped lines, and where words go now. */
  | {
      readonly code: 'cancelled'
      readonly mistakes?: number
      readonly again?: string
      /** How many lines had come already and were dropped. */
      readonly dropped?: number
      readonly target?: string | undefined
    }
  /**
   * Words that may be a secret: they came right after a question that ended by mistakes, and may be its answer, or they begin
   * with the name of the command `meant`, without its slash. Or words that may be for another place: a change of target did
   * not work (`missed`, by the command `name`) or will work later (`waiting` for `name`), or somebody had just `begun` a
   * private talk. `target` is where words go afterwards; nowhere, if missing.
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
      /** Whose list is full, if not the person's own. */
      readonly name?: string
    }
  /** `what`: the disk is so full that nothing new is stored; if missing, a file has no room. */
  | { readonly code: 'disk-full'; readonly what?: 'messages' }
  /** The token of a file or upload is unknown, used or expired. */
  | { readonly code: 'bad-ticket' }
  | { readonly code: 'ticket-in-use' }
  | { readonly code: 'wrong-size'; readonly size: number }
  | { readonly code: 'wrong-offset'; readonly offset: number }
  /** The uploader has stated another SHA-256 than that of the bytes that came. In hex. */
  | {
      readonly code: 'wrong-checksum'
      readonly stated: string
      readonly found: string
      /** So many bytes came before, and stay. */
      readonly offset?: number
    }
  /** The connection ended, or nothing came for too long, before the file was complete. */
  | { readonly code: 'upload-broken'; readonly received: number; readonly size?: number | undefined }
  /** `limit`: how many connections without a login one address may have. */
  | { readonly code: 'server-full'; readonly why: 'server' }
  | { readonly code: 'server-full'; readonly why: 'address'; readonly limit: number }
  | { readonly code: 'took-too-long'; readonly seconds: number }
  | { readonly code: 'unavailable' }
  | { readonly code: 'internal' }

/** The limits that can be reached: of files and uploads, and those of `ceilings`. */
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
  /** Somebody of a higher rank set the ban or mute. */
  | 'set-from-above'
  | 'not-oneself'
  | 'not-guests'
  | 'only-in-inbox'
  | 'not-operators'
  | 'invites-are-off'
  | 'files-are-off'
  | 'not-your-file'
  | 'not-your-message'
  | 'between-you'
  | 'a-file-stays'

export type FailureCode = Problem['code']

/** A rule forbids something. Thrown by the rule, and caught once, where a line is done. */
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
