/** Something that is sent over and over, to keep a server busy or to fill its memory. */
export interface Flood {
  /** Sent first. */
  readonly begin: string | Buffer
  /** Sent again and again. */
  readonly unit: string | Buffer
}

const iac = 0xff
const telnet = (...bytes: number[]): Buffer => Buffer.from([iac, ...bytes])
const windowSize = telnet(250, 31, 0, 132, 0, 43, iac, 240)
const terminalType = Buffer.concat([telnet(250, 24, 0), Buffer.from('xterm'), telnet(240)])
/** A member of this name; `%` is a number of the connection's own. */
const member = '/signup flood%\ngood-enough\ngood-enough\n'

function of(unit: string | Buffer, begin: string | Buffer = ''): Flood {
  return { begin, unit }
}

/** Each on its own took the server's time or its memory, or looks as if it could. */
export const floods = {
  'empty lines': of('\n'),
  'bare CR': of('\r'),
  'CR NUL': of('\r\0'),
  blanks: of(' \n'),
  'IAC IP': of(telnet(244)),
  'IAC AYT': of(telnet(246)),
  'IAC AYT and a line': of(Buffer.concat([telnet(246), Buffer.from('\n')])),
  'IAC EC': of(telnet(247)),
  'IAC EL': of(telnet(248)),
  'IAC NOP': of(telnet(241)),
  'IAC IAC': of(telnet(iac)),
  'lone IACs': of(Buffer.concat([telnet(244), telnet(), Buffer.from('x')])),
  'DO of what is not there': of(telnet(253, 99)),
  'WILL of what is not wanted': of(telnet(251, 99)),
  'DO TIMING-MARK': of(telnet(253, 6)),
  'window sizes': of(windowSize, telnet(251, 31)),
  'terminal types': of(terminalType, telnet(251, 24)),
  'options on and off': of(Buffer.concat([telnet(251, 31), telnet(252, 31)])),
  'a subnegotiation without end': of('x'.repeat(1000), telnet(250, 24)),
  'keys while nothing is shown': of(
    Buffer.from([0x03, 0x15, 0x17, 0x08]),
    Buffer.concat([Buffer.from('/login nobody\r\n'), telnet(253, 1)]),
  ),
  'invalid UTF-8': of(Buffer.from([0xc3, 0x28, 0x0a])),
  'too long lines': of(`${'x'.repeat(5000)}\n`),
  'a line without end': of('x'.repeat(1000)),
  'bad JSON': of('{\n', '/format json\n'),
  'unknown commands': of('/x\n'),
  'wrong answers': of('!\n!\n!\n/signup\n', '/signup\n'),
  'wrong answers in JSON': of('/signup\n!\n', '/format json\n'),
  'wrong choices': of('x\n', `${member}/menu\n`),
  'choices that are left again': of('2\n/cancel\n', `${member}/menu\n`),
  'long answers': of('/help\n'),
  'logins of strangers': of('/login zz wrongpass\n'),
} as const satisfies Readonly<Record<string, Flood>>

/** What a flood sends first on the connection with that number, and one piece of what follows. */
export function bytesOf(
  { begin, unit }: Flood,
  number: number,
  size = 65_536,
): { begin: Buffer; piece: Buffer } {
  const one = Buffer.from(unit)
  return {
    begin: typeof begin === 'string' ? Buffer.from(begin.replace('%', String(number))) : begin,
    piece: Buffer.concat(Array<Buffer>(Math.max(1, Math.floor(size / one.length))).fill(one)),
  }
}
