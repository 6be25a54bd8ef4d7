/** An action was refused; the message is for the screen. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly code: string

  constructor({ code, message }: { code: string; message: string }) {
    super(message)
    this.code = code
  }
}
