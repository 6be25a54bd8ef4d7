/** What the store tells the operator; a pino logger fits. */
export interface StoreLog {
  warn(fields: object, message: string): void
}
