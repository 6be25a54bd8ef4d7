/** The longest that each list may get; 0 means no limit. A lower setting removes nothing. */
export interface Ceilings {
  readonly channels: number
  readonly channelsOwned: number
  readonly channelsJoined: number
  readonly tokens: number
  readonly invitationsMade: number
  readonly invitationsWaiting: number
  readonly inviteCodes: number
  readonly contacts: number
  readonly blocks: number
  readonly channelBans: number
  readonly channelMutes: number
  readonly addressBans: number
  readonly files: number
}

export type CeilingName = keyof Ceilings
