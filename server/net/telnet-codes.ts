/** Telnet's commands, each sent after an IAC (RFC 854; EOF, SUSP, ABORT: RFC 1184; EOR: RFC 885). */
export const commands = {
  eof: 236,
  susp: 237,
  abort: 238,
  eor: 239,
  se: 240,
  nop: 241,
  dataMark: 242,
  break: 243,
  interruptProcess: 244,
  abortOutput: 245,
  areYouThere: 246,
  eraseCharacter: 247,
  eraseLine: 248,
  goAhead: 249,
  sb: 250,
  will: 251,
  wont: 252,
  do: 253,
  dont: 254,
  iac: 255,
} as const

/** The options this server knows: RFC 856, 857, 858, 860, 1091, 885, 1073 and 2066. */
export const options = {
  binary: 0,
  echo: 1,
  suppressGoAhead: 3,
  timingMark: 6,
  terminalType: 24,
  endOfRecord: 25,
  windowSize: 31,
  charset: 42,
} as const

/** How a side negotiates an option: WILL and WONT for its own, DO and DONT for the other's. */
export type Verb = typeof commands.will | typeof commands.wont | typeof commands.do | typeof commands.dont

/** Whether bytes that go to a client are telnet, and not text: a text never begins with a single IAC. */
export function isTelnet(bytes: Buffer): boolean {
  return bytes[0] === commands.iac && bytes[1] !== commands.iac
}
