/** What the generator is told to do; see load.c. */
export interface Load {
  readonly clients: number
  readonly rooms?: number
  readonly senders?: number
  readonly rate?: number
  readonly quickack?: number
  /** Milliseconds. */
  readonly warmup?: number
  readonly measure?: number
  readonly hold?: number
}

const times = { warmup: 700, measure: 2000 } as const

/** The loads with traffic, by the names that the tables use. */
export const loads = {
  f1000: { clients: 1000, senders: 100, ...times },
  f100q: { clients: 100, senders: 100, quickack: 1, ...times },
  f1000w1: { clients: 1000, senders: 10, ...times },
  many: { clients: 1000, rooms: 100, senders: 1000, ...times },
  r100: { clients: 1000, senders: 100, rate: 100, ...times, measure: 3000 },
} as const satisfies Record<string, Load>

export type LoadName = keyof typeof loads

export const loadNames = Object.keys(loads) as LoadName[]

/** What each load is, for the reader of the tables. */
export const meanings: Readonly<Record<LoadName, string>> = {
  f1000: '1,000 in one room, 100 of them talk, each again when all have received the last messages',
  f100q: '100 in one room, all of them talk; receivers acknowledge at once',
  f1000w1: '1,000 in one room, 10 of them talk, so that few messages can be sent together',
  many: '100 rooms of 10, all of them talk',
  r100: '1,000 in one room, 100 messages a second at even times',
}
