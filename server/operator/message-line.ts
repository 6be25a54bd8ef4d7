import type { ZoneFormat } from '../lib/zones.ts'

/** A message as the actions answer it. */
export interface SaidMessage {
  id: number
  at: string
  from: string
  kind: string
  text: string
  channel?: string
  to?: string
}

/** A message in one line, its number first. */
export function messageLine(times: ZoneFormat): (message: SaidMessage) => string {
  return ({ id, at, from, kind, text, channel, to }) => {
    const where = channel ?? (to === undefined ? 'everybody' : `to ${to}`)
    const said = kind === 'action' ? `* ${from} ${text}` : `<${from}> ${text}`
    return `${id}  ${times.dateTime(Date.parse(at))}  ${where}  ${said}`
  }
}
