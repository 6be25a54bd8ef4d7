import type { ZoneFormat } from '../../lib/zones.ts'

/** A message in the answer of an action. */
export interface SaidMessage {
  id: number
  at: string
  from: string
  kind: string
  text: string
  channel?: string
  to?: string
}

/** A message in one line, its number first; further rows of its text begin with `| `. */
export function messageLine(times: ZoneFormat): (message: SaidMessage) => string {
  return ({ id, at, from, kind, text, channel, to }) => {
    const where = channel ?? (to === undefined ? 'everybody' : `to ${to}`)
    const rows = text.replaceAll('\n', '\n| ')
    const said = kind === 'action' ? `* ${from} ${rows}` : `<${from}> ${rows}`
    return `${id}  ${times.dateTime(Date.parse(at))}  ${where}  ${said}`
  }
}
