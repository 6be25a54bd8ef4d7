import { SharedRows } from '../../server/editor/shared-rows.ts'
import type { Charset } from '../../server/lib/charset-names.ts'
import type { Line } from '../../server/lib/line.ts'
import { Intake, type IntakeOwner, type Receiver } from '../../server/net/intake.ts'
import type { EditingHandler } from '../../server/session/connection.ts'
import { ManualClock } from '../support/clock.ts'

/** What a connection sends, without a socket: a peer that is pushed, and a session that only writes down. */
export class Peer implements IntakeOwner, Receiver {
  charset: Charset = 'utf-8'
  longestLine = 100
  readonly takesKeys = true
  usesTls = false
  readonly lines: string[] = []
  readonly told: string[] = []
  /** Telnet bytes that it got, in hex. */
  sent = ''
  reading = true
  charged = 0
  spoken = 0
  /** What the next charge has to wait for. */
  unpaid: Promise<void> | undefined
  readonly clock = new ManualClock()
  readonly intake: Intake
  /** What the session waits for before it does the next line. */
  waits: Promise<unknown> | undefined

  constructor(mayTransfer = true) {
    this.intake = new Intake(this, { clock: this.clock, mayTransfer })
  }

  get receiver(): Receiver {
    return this
  }

  type(text: string): void {
    this.push(Buffer.from(text))
  }

  push(bytes: Buffer): void {
    const read = Buffer.from(bytes)
    this.intake.push(read)
    // Sockets share the memory into which they read: what is kept of it must be a copy.
    read.fill('?')
  }

  receive(line: Line, isNew: boolean): void {
    const { text, error } = line.typed ?? line
    this.lines.push(`${text ?? error}${isNew ? '' : ' (waited)'}`)
  }

  charge(cost: number): Promise<void> | undefined {
    this.charged += cost
    const wait = this.unpaid
    this.unpaid = undefined
    return wait
  }

  holdReading(): void {
    this.reading = false
  }

  goOnReading(): void {
    this.reading = true
  }

  dropWaiting(): boolean {
    this.told.push('drop')
    return this.intake.dropWaiting() > 0
  }

  failed(error: unknown): void {
    throw error
  }

  readonly spoke = () => void this.spoken++
  readonly editing: EditingHandler & { mayBegin: boolean } = {
    rows: new SharedRows(),
    prompt: '> ',
    mayBegin: true,
    complete: (_line, cursor) => ({ start: cursor, candidates: [] }),
    isSecret: () => false,
    lineFull: () => void this.told.push('full'),
    refusePaste: (why) => void this.told.push(`paste: ${why}`),
    leave: () => void this.told.push('leave'),
    redraw: () => undefined,
    flush: () => undefined,
    wait: (moment) => {
      this.waits = moment
    },
    begun: () => void this.told.push('editor on'),
    ended: () => void this.told.push('editor off'),
  }
  readonly send = (bytes: Buffer) => {
    this.sent += bytes.toString('hex')
  }
  readonly terminalFound = () => undefined
  readonly widths: (number | undefined)[] = []
  readonly windowFound = (columns: number | undefined) => void this.widths.push(columns)
  readonly showsLife = () => void this.told.push('life')
  readonly interrupt = () => void this.told.push('interrupt')
  readonly areYouThere = () => void this.told.push('there?')
  readonly telnetFound = () => void this.told.push('telnet')
  readonly endOfInput = () => void this.told.push('end')
  readonly tlsFound = () => {
    this.told.push('tls')
    this.intake.leave()
  }
  readonly foreignFound = (protocol: string) => {
    this.told.push(protocol)
    this.intake.leave()
  }
  readonly notChatFound = ({ line }: { line: { kind: string } }) => {
    this.told.push(line.kind)
    this.intake.leave()
  }
}
