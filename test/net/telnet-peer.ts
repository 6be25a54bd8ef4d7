import { setImmediate as nextTurn } from 'node:timers/promises'
import { Peer } from './peer.ts'

export const iac = 'ff'
export const verbs = { will: 'fb', wont: 'fc', do: 'fd', dont: 'fe' } as const
export const numbers = { binary: '00', echo: '01', goAhead: '03', types: '18', window: '1f' } as const
type Negotiation = `${keyof typeof verbs} ${keyof typeof numbers}`

/** The bytes of negotiations, in hex. */
export function telnet(...negotiations: readonly Negotiation[]): string {
  return negotiations
    .map((one) => {
      const [verb, option] = one.split(' ') as [keyof typeof verbs, keyof typeof numbers]
      return iac + verbs[verb] + numbers[option]
    })
    .join('')
}

/** What the server asks first. */
export const question = telnet('do window', 'do types', 'do binary')
/** It wants to edit the line. */
export const offer = telnet('will echo', 'will goAhead')
export const agreed = telnet('do echo', 'do goAhead')
const askForType = `${iac}fa1801${iac}f0`

/** A client that may speak telnet. */
export class TelnetPeer extends Peer {
  /** Sends these bytes, in hex, and answers what the server has sent since the last time. */
  tell(hex: string): string {
    this.push(Buffer.from(hex, 'hex'))
    return this.got()
  }

  /** The same, and leaves what was sent. */
  tellQuietly(hex = ''): void {
    this.push(Buffer.from(hex, 'hex'))
  }

  got(): string {
    const { sent } = this
    this.sent = ''
    return sent
  }

  /** The person presses Enter so many ms after the greeting. */
  enter(line: string, after = 500): string {
    this.intake.greeted()
    this.clock.advance(after)
    this.type(line)
    return this.got()
  }

  /** Reads the greeting, and tells its types, one for each time that the server asks; answers what came behind the last one. */
  tellTypes(...names: readonly string[]): string {
    this.intake.greeted()
    let got = this.tell(telnet('will types'))
    for (const name of names) {
      if (got !== askForType) return `not asked for ${name}, but sent ${got}`
      got = this.tell(`${iac}fa1800${Buffer.from(name).toString('hex')}${iac}f0`)
    }
    return got
  }

  /** Becomes a client that sends each key. */
  begin(): this {
    this.tell(`${iac}f1`)
    this.tellTypes('xterm', 'xterm')
    this.tell(agreed)
    this.told.length = 0
    return this
  }

  /** Lets so many turns of the event loop pass. */
  async turns(count: number): Promise<void> {
    for (let turn = 0; turn < count; turn++) await nextTurn()
  }

  get isOn(): boolean {
    return this.intake.terminal.editing.isOn
  }

  /** What is written at the end of a turn. */
  frame(...texts: readonly string[]): string {
    const chunks = texts.map((text) => Buffer.from(text))
    return Buffer.concat([...this.intake.terminal.frame(chunks, true)]).toString()
  }
}
