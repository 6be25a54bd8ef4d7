/** The settings of the configuration; sizes in bytes. */
export interface FileRules {
  readonly enabled: boolean
  readonly maxBytes: number
  readonly accountBytes: number
  readonly totalBytes: number
  readonly keepHours: number
  readonly freeSpaceBytes: number
  readonly ticketMinutes: number
  readonly uploadsPerAccount: number
}

export const minuteMs = 60_000
export const hourMs = 60 * minuteMs
