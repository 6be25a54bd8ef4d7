/** What the server says of how somebody went, where they said nothing themselves. */
export const connectionLost = 'connection lost'
export const accountDeleted = 'account deleted'

/** Whether the server said so: nobody may say it of themselves. */
export function isOwnReason(reason: string): boolean {
  return reason === connectionLost || reason === accountDeleted
}
