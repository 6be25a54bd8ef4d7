import type { Spared } from '../batch.ts'
import type { Count } from '../count.ts'
import type { Message } from '../events.ts'
import type { Paged } from '../paging.ts'
import type { PersonRow } from './people.ts'

export interface ChannelRow {
  readonly name: string
  readonly private: boolean
  readonly members: number
  readonly topic: string
  readonly joined: boolean
}

/** A channel, for a person who enters it: `messages` are its last ones, oldest first. */
export interface Room {
  readonly channel: string
  readonly topic: string
  readonly members: number
  readonly messages: readonly Message[]
  /** How many messages are unread; undefined for a person who was not in the channel before. */
  readonly unread?: Count | undefined
  /** What the person is spared there, by /quiet. */
  readonly quiet?: Spared | undefined
}

/** An invitation: `by` asked `user` into the channel. */
export interface RequestRow {
  readonly request: number
  readonly channel: string
  readonly user: string
  readonly by: string
  readonly at: number
  readonly answer: Answer
}

export type Answer = 'pending' | 'accepted' | 'rejected'

/** Channels: entering and leaving, members, invitations. */
export type ChannelReply =
  | { readonly code: 'privacy'; readonly channel: string; readonly private: boolean }
  | {
      readonly code: 'channels'
      readonly channels: readonly ChannelRow[]
      readonly paged?: Paged | undefined
    }
  | {
      readonly code: 'created'
      readonly channel: string
      readonly private: boolean
      readonly invited: readonly string[]
    }
  | { readonly code: 'joined'; readonly room: Room; readonly made: boolean }
  | { readonly code: 'left'; readonly channel: string; readonly target?: string | undefined }
  | {
      readonly code: 'members'
      readonly channel: string
      readonly members: readonly PersonRow[]
      /** Only those who are online, without the person who asks. */
      readonly others: boolean
      /** How many of all pages are online. */
      readonly there?: number | undefined
      readonly paged?: Paged | undefined
    }
  | { readonly code: 'topic'; readonly channel: string; readonly topic: string; readonly changed: boolean }
  | {
      readonly code: 'target'
      readonly target?: string | undefined
      readonly channels: readonly string[]
      readonly moreChannels?: number | undefined
    }
  | { readonly code: 'invited'; readonly channel: string; readonly invited: readonly string[] }
  /** The person's own invitations; or those `into` a channel, for people who lead it. */
  | {
      readonly code: 'requests'
      readonly reader: string
      readonly into?: string | undefined
      readonly requests: readonly RequestRow[]
      /** How many wait for the person's own answer, on all pages. */
      readonly mine?: number | undefined
      readonly paged?: Paged | undefined
    }
  /** `withdrawn`: who was invited, if the person has withdrawn an invitation. */
  | {
      readonly code: 'rejected'
      readonly request: number
      readonly channel: string
      readonly withdrawn?: string
    }
  /** `quiet` is missing if the person is spared nothing. */
  | { readonly code: 'quiet'; readonly channel: string; readonly quiet?: Spared | undefined }
  | {
      readonly code: 'quiet-list'
      readonly channels: readonly { readonly channel: string; readonly quiet: Spared }[]
    }
