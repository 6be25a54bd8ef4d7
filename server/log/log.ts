/** What the parts of the server write their log with; pino fits. Never a secret, never what people say. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}
