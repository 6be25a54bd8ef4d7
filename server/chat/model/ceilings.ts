/** How many of each kind there may be, so that no list grows without end; 0 is no limit. What is there stays. */
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
