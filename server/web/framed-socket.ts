import { WebSocket } from 'ws'

/** A message is longer than is taken (RFC 6455, 7.4.1). */
const tooBig = 1009
const usual = 1000

/**
 * The server's end of a WebSocket. What ends it because a message is too long is told first (`tooLong`): whoever serves it
 * answers that, and then calls `finish`.
 */
export class FramedSocket extends WebSocket {
  #code = usual

  override close(code?: number, reason?: string | Buffer): void {
    if (code !== tooBig) {
      super.close(code, reason)
      return
    }
    this.#code = tooBig
    if (!this.emit('tooLong')) super.close(code)
  }

  /** Sends that it is over, behind what was sent before. */
  finish(): void {
    super.close(this.#code)
  }
}
