import type { IncomingMessage } from 'node:http'
import type { Clock } from '../lib/clock.ts'
import { wrongCoding } from './http-answers.ts'
import type { HttpGate } from './http-gate.ts'

/** Why a body is not taken, by the rules of HTTP. */
export interface UnfitBody {
  readonly status: number
  readonly text: string
}

/** Why the bytes of a body cannot be taken as they come, whatever they are for; undefined if they can. */
export function unfitBody(request: IncomingMessage): UnfitBody | undefined {
  const wrong = wrongCoding(request)
  if (wrong) return wrong
  if (!/^\s*(?:identity)?\s*$/i.test(request.headers['content-encoding'] ?? ''))
    return { status: 415, text: 'The body must not be compressed.' }
  return undefined
}

/** Whether a request has no body, not even an empty one. */
export function hasNoBody({ headers }: IncomingMessage): boolean {
  return headers['content-length'] === undefined && headers['transfer-encoding'] === undefined
}

/**
 * The whole body of a request, of at most so many bytes, within so many ms; or why it does not come. Whoever asks answers also
 * where the body breaks off.
 */
export function bodyOf(
  { gate, request }: { readonly gate: HttpGate; readonly request: IncomingMessage },
  { clock, most, ms }: { readonly clock: Clock; readonly most: number; readonly ms: number },
): Promise<Buffer | 'too long' | 'too late' | 'broken off' | 'no chunks'> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = []
    let length = 0
    const settle = (what: Parameters<typeof resolve>[0]) => {
      cancel()
      resolve(what)
    }
    const cancel = clock.after(ms, () => settle('too late'))
    gate.onBroken = ({ code }) => {
      if (!request.complete) settle(code === 'HPE_INVALID_EOF_STATE' ? 'broken off' : 'no chunks')
    }
    request.on('data', (piece: Buffer) => {
      length += piece.length
      if (length <= most) pieces.push(piece)
      else settle('too long')
    })
    request.once('end', () => settle(request.complete ? Buffer.concat(pieces) : 'broken off'))
    request.once('close', () => settle('broken off'))
  })
}

/** What to say where a body has not come as it was announced; `undone` is what was not done because of it. */
export function brokenText(why: 'too late' | 'broken off' | 'no chunks', undone: string): UnfitBody {
  switch (why) {
    case 'too late':
      return { status: 408, text: `The body did not come, so ${undone}.` }
    case 'broken off':
      return { status: 400, text: `The body ended too soon, so ${undone}.` }
    case 'no chunks':
      return { status: 400, text: `The body is not in chunks as HTTP has them, so ${undone}.` }
  }
}
