import type { Place } from '../dialects/paste.ts'

/**
 * Other protocols whose clients speak first, and come here by a wrong port: how each begins, and how it is told where it is in
 * words that its client shows. Clients of protocols in which the server speaks first (FTP, POP3, IMAP) read the greeting.
 */

export type Protocol = keyof typeof protocols

interface Foreign {
  /** How it begins, a character for each byte; `any` is any byte. */
  readonly begins: readonly string[]
  /** What its first line is, where people may begin a line like that. */
  readonly line?: RegExp
  /** The answer, a character for each byte, behind which the connection ends. */
  answer(words: string): string
}

const any = '\uffff'

const protocols = {
  // RFC 4253, 4.2 and 11.1: clients show the reason of a disconnection, and lines before the version only if they are asked to.
  SSH: {
    begins: ['SSH-'],
    answer: (words) => `* ${words}\r\nSSH-2.0-Partyline\r\n${sshDisconnection(words)}`,
  },
  mail: {
    begins: ['EHLO ', 'HELO ', 'LHLO '],
    line: /^[EHL]{2}LO [\w.:[\]-]+$/,
    answer: (words) => `554 ${words}\r\n`,
  },
  IRC: {
    begins: ['CAP LS', 'CAP REQ', 'CAP END', 'USER '],
    line: /^CAP |^USER \S+ \S+ \S+ (?::|\S+$)/,
    answer: (words) => `:partyline NOTICE * :${words}\r\nERROR :${words}\r\n`,
  },
  XMPP: {
    begins: ['<?xml ', '<stream:stream'],
    answer: (words) =>
      `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'><stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>${words}</text></stream:error></stream:stream>\r\n`,
  },
  // CONNACK of version 3.1.1: refused, the server is unavailable. It has no room for words.
  MQTT: {
    begins: ['\0\x04MQTT', '\0\x06MQIsdp'].flatMap((name) => [
      `\x10${any}${name}`,
      `\x10${any}${any}${name}`,
    ]),
    answer: () => '\x20\x02\x00\x03',
  },
  Redis: { begins: [`*${any}\r\n$`], answer: (words) => `-ERR ${words}\r\n` },
  PostgreSQL: {
    begins: ['\0\0\0\x08\x04\xd2\x16', `\0\0${any}${any}\0\x03\0`],
    answer: postgresError,
  },
  Git: {
    begins: [`00${any}${any}git-`],
    answer: (words) => `${(words.length + 8).toString(16).padStart(4, '0')}ERR ${words}`,
  },
  Gemini: { begins: ['gemini://'], answer: (words) => `59 ${words}\r\n` },
  SIP: { begins: ['INVITE sip', 'REGISTER sip'], answer: (words) => `SIP/2.0 400 ${words}\r\n\r\n` },
  RTSP: {
    begins: ['DESCRIBE rtsp:', 'SETUP rtsp:'],
    answer: (words) => `RTSP/1.0 400 ${words}\r\n\r\n`,
  },
  // RFC 1928, 3: no method is acceptable; SOCKS 4 refuses likewise.
  SOCKS: { begins: ['\x05\x01\0', '\x05\x02\0', '\x05\x03\0'], answer: () => '\x05\xff' },
  'SOCKS 4': { begins: ['\x04\x01'], answer: () => `\0\x5b${'\0'.repeat(6)}` },
  // TPKT with a connection request (RFC 2126; MS-RDPBCGR, 2.2.1.1): no text is shown, so that it only ends.
  RDP: { begins: [`\x03\0${any}${any}${any}\xe0`], answer: plainLine },
  SMB: { begins: [`\0${any}${any}${any}\xffSMB`, `\0${any}${any}${any}\xfeSMB`], answer: plainLine },
  AMQP: { begins: ['AMQP\0', 'AMQP\x01', 'AMQP\x02', 'AMQP\x03'], answer: plainLine },
  // Version 2 begins with empty lines, which are taken off before.
  PROXY: {
    begins: ['PROXY TCP4 ', 'PROXY TCP6 ', 'PROXY UNKNOWN', '\0\r\nQUIT\n'],
    answer: (words) => plainLine(`${words} For a proxy: set proxy of this listener in the configuration.`),
  },
} satisfies Record<string, Foreign>

const names = Object.keys(protocols) as Protocol[]

/**
 * Which other protocol the first bytes of a connection are, one character for each; `maybe`: that needs more of them.
 * Undefined if they are none.
 */
export function foreignProtocol(text: string): Protocol | 'maybe' | undefined {
  let maybe: 'maybe' | undefined
  for (const name of names) {
    const { begins, line }: Foreign = protocols[name]
    for (const begin of begins) {
      if (!isAlike(text, begin)) continue
      const end = text.indexOf('\n')
      if (text.length < begin.length || (line && end < 0)) maybe = 'maybe'
      else if (!line || line.test(text.slice(0, end).replace(/\r$/, ''))) return name
    }
  }
  return maybe
}

/** What a client of another protocol is sent before its connection ends. `place` is where the server is found. */
export function foreignAnswer(protocol: Protocol, { host, port }: Place, encrypted: boolean): Buffer {
  const client = encrypted ? 'ncat --ssl-verify' : 'nc'
  const { answer }: Foreign = protocols[protocol]
  const what = protocol === 'mail' ? 'It takes no mail' : `It does not speak ${protocol}`
  return Buffer.from(
    answer(`This is Partyline, a group chat. ${what}. Come in with: ${client} ${host} ${port}`),
    'latin1',
  )
}

/** Compares as far as both go. */
function isAlike(text: string, begin: string): boolean {
  const length = Math.min(text.length, begin.length)
  for (let at = 0; at < length; at++) if (begin[at] !== any && begin[at] !== text[at]) return false
  return true
}

function plainLine(words: string): string {
  return `! ${words}\r\n`
}

/** SSH_MSG_DISCONNECT (1), by the application (11), in an unencrypted packet (RFC 4253, 6). */
function sshDisconnection(words: string): string {
  const payload = `\x01${int32(11)}${int32(words.length)}${words}${int32(0)}`
  const padding = 4 + ((8 - ((5 + payload.length + 4) % 8)) % 8)
  return `${int32(1 + payload.length + padding)}${String.fromCharCode(padding)}${payload}${'\0'.repeat(padding)}`
}

/** ErrorResponse, https://www.postgresql.org/docs/current/protocol-message-formats.html */
function postgresError(words: string): string {
  const fields = `SFATAL\0VFATAL\0C08P01\0M${words}\0\0`
  return `E${int32(4 + fields.length)}${fields}`
}

function int32(value: number): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes.toString('latin1')
}
