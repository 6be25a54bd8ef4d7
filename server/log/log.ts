/**
 * The interface by which the parts of the server write to the log; pino implements it. Never log a secret or a
 * message.
 */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}
