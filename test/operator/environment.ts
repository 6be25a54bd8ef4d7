import { quickSettings } from '../process/server.ts'

/** Far enough from UTC that another date is there, most of the day. */
export const zone = 'Pacific/Kiritimati'

export const settings = { ...quickSettings, TERMINAL_TIME_ZONE: zone, LOG_LEVEL: 'trace' }

/** What commands of the operator's find in their environment. */
export const environment = Object.fromEntries(
  Object.entries(settings).map(([name, value]) => [`PARTYLINE_${name}`, value]),
)
