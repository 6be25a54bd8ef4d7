/** The server's note on how a person left, if the person left none. */
export const connectionLost = 'connection lost'
export const accountDeleted = 'account deleted'

/** Whether a note is the server's: people may not use such a note themselves. */
export function isOwnReason(reason: string): boolean {
  return reason === connectionLost || reason === accountDeleted
}
