import { cleanText } from '../../server/lib/clean.ts'
import { withoutKeys } from '../../server/lib/keys.ts'
import { askServer } from '../../server/operator/control/control.ts'
import type { LineClient } from '../support/client.ts'
import { TestServer } from '../support/server.ts'
import type { Hostile } from './hostile.ts'

const password = 'good enough'

/** Who reads along, and how. */
export const readers = ['anna', 'carl', 'tess', 'jay'] as const
export type Reader = (typeof readers)[number]

const iac = 0xff
/** WILL TTYPE: a sign of telnet. */
const willTerminalType = Buffer.from([iac, 0xfb, 24])

/** What everybody has read at the end, as it came. `mallory` is who sends it all. */
export interface Read {
  readonly raw: ReadonlyMap<Reader | 'mallory' | 'root', string>
  readonly logged: TestServer['logged']
}

/**
 * Lets mallory and a guest put strings wherever the server takes one from people, in front of anna (plain text),
 * carl (in colour), tess (telnet, in colour) and jay (JSON), who then look at everything there is.
 */
export async function attackWith(
  directory: string,
  how: 'hostile' | 'harmless',
  all: readonly Hostile[],
): Promise<Read> {
  const server = await TestServer.start({
    directory,
    config: { 'files.uploadsPerAccount': 0 },
  })
  try {
    const people = new Map<Reader | 'mallory' | 'root', LineClient>()
    for (const name of [...readers, 'mallory'] as const) {
      const client = await server.connect()
      people.set(name, client)
      if (name === 'tess') client.write(willTerminalType)
      await client.ask(`/signup ${name}\n${password}\n${password}`)
    }
    await server.makeOperator('root', password)
    const root = await server.connect()
    people.set('root', root)
    await root.ask(`/login root ${password}`)
    const person = (name: Reader | 'mallory') => people.get(name) ?? root
    await person('mallory').ask('/create #mine')
    for (const name of readers) await person(name).ask('/join #mine')
    await person('carl').ask('/color on')
    await person('tess').ask('/color on')
    await person('jay').ask('/format json')
    for (const [index, one] of all.entries()) {
      const [text, typed] = [one[how], one.hostile]
      const lines =
        how === 'hostile' ? linesOf : (parts: Parts, byKeys?: boolean) => calmLinesOf(parts, one, byKeys)
      const attack = new Attack(server, person('mallory'), root, directory, index, lines)
      if (one.escaped !== true) {
        await attack.byLines(typed)
        await attack.byPrompts(typed)
        await attack.byGuest(typed)
      }
      if (typeof text === 'string') {
        // Every escape takes six bytes of the line.
        if (one.hostile.length < 300) await attack.byJson(text)
        await attack.byCommandLine(text)
      }
      if (one.escaped !== true) await attack.byTelnet(typed)
      await person('jay').ask('/join #mine')
    }
    // Once more, for those who come back to it.
    for (const name of readers) {
      await look(person(name))
      if (name === 'jay') continue
      await person(name).ask('/logout')
      await person(name).ask(`/login ${name} ${password}`)
      await look(person(name))
    }
    await root.ask('/users\n/logins\n/banaddress')
    return {
      raw: new Map([...people].map(([name, client]) => [name, client.raw])),
      logged: server.logged,
    }
  } finally {
    await server.stop()
  }
}

async function look(reader: LineClient): Promise<void> {
  await reader.ask('/who\n/channels\n/members #mine\n/topic #mine\n/whois mallory\n/files\n/inbox\n/notices')
  await reader.ask('/history #mine 200\n/search red\n/requests\n/contacts\n/profile mallory\n/mentions')
}

/** One string, everywhere. Lines are short enough to be taken, and names differ from string to string. */
class Attack {
  readonly #server: TestServer
  readonly #mallory: LineClient
  readonly #root: LineClient
  readonly #directory: string
  readonly #index: number
  /** `byKeys`: by a client whose keys edit the line. */
  readonly #lines: (parts: Parts, byKeys?: boolean) => Buffer

  constructor(
    server: TestServer,
    mallory: LineClient,
    root: LineClient,
    directory: string,
    index: number,
    lines: (parts: Parts, byKeys?: boolean) => Buffer,
  ) {
    this.#server = server
    this.#mallory = mallory
    this.#root = root
    this.#directory = directory
    this.#index = index
    this.#lines = lines
  }

  async byLines(text: string | Buffer): Promise<void> {
    const beginnings = [
      ...['said ', '/me does ', '/msg #mine ', '/topic #mine about ', '/away gone ', '@anna @jay '],
      ...readers.map((name) => `/msg ${name} for you: `),
      ...[
        '/ping ',
        '/token t',
        '/whois ',
        '/join #',
        '/create #c',
        '/search ',
        '/invite #mine ',
        '/email a@',
      ],
      ...['/help ', '/time 24 ', '/mute #mine anna ', '/contact add ', '/block ', '/filesend #mine ', '/'],
      ...[
        '/remove #mine jay for ',
        '/nick ',
        '/login mallory ',
        '/leave #',
        '/accept ',
        '/fileget ',
        '/color ',
      ],
    ]
    await this.#type(beginnings.map((beginning) => [beginning, text, ' .']))
    // The string alone, and at the end.
    await this.#type([[text], ['at the end ', text]])
    await this.#mallory.ask('/back\n/unblock anna')
    this.#root.write(this.#lines([['/notice all of you: ', text]]))
    await this.#root.settled()
  }

  /** In answers: passwords, an e-mail address, a file, the menu. */
  async byPrompts(text: string | Buffer): Promise<void> {
    const named = (name: string) => `${name}${this.#index}`
    await this.#type([['/filepaste #mine ', text, '.txt'], ['aGVsbG8='], ['.'], ...leaving])
    await this.#type([['/menu'], ['7'], ['anna'], ['by the menu: ', text], [text, '?'], ...leaving])
    // Three mistakes would end the question, and drop what had come behind it.
    await this.#type([['/passwd'], [password, text], ...leaving])
    await this.#type([['/passwd'], [password], [text, password], ['another', text], ...leaving])
    const client = await this.#server.connect()
    client.write(
      this.#lines([
        [`/signup ${named('new')} a@`, text, 'b.example'],
        ['secret ', text],
        ['secret ', text],
      ]),
    )
    client.write(
      this.#lines([[`/login ${named('new')} secret `, text], ['said by a new one'], ['/quit until ', text]]),
    )
    // Whatever was refused of it, also its farewell.
    client.end()
    await client.closing()
    await this.#server.activity.quiet()
  }

  async byGuest(text: string | Buffer): Promise<void> {
    const guest = await this.#server.connect()
    guest.write(
      this.#lines([['/nick g', text], [`/nick guest${this.#index}`], ['/join #mine'], ['guest: ', text]]),
    )
    guest.write(
      this.#lines([
        ['/nick other', text],
        ['/away for ', text],
      ]),
    )
    await guest.settled()
    this.#root.write(this.#lines([[`/kill ~guest${this.#index} `, text]]))
    await this.#root.settled()
    guest.end()
    await guest.closing()
    await this.#server.activity.quiet()
  }

  async byJson(text: string): Promise<void> {
    await this.#mallory.ask('/format json')
    const escaped = [...Array(text.length).keys()]
      .map((at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join('')
    const beginnings = ['json: ', '/me json ', '/topic #mine json ', '/away json ', '/msg anna json ']
    const objects = beginnings.map((beginning) => `{"line":"${beginning}${escaped} .","tag":"${escaped}"}`)
    await this.#mallory.ask(objects.join('\n'))
    await this.#mallory.ask(`{"line":"/filepaste #mine ${escaped}"}\n{"line":"aGVsbG8=${escaped}"}\n.`)
    await this.#mallory.ask('/back\n/format text')
  }

  async byCommandLine(text: string): Promise<void> {
    for (const options of [
      { text: `by the command line: ${text}` },
      { text: `two\r\n[12:00] lines ${text}` },
    ])
      await askServer(this.#directory, { action: 'notice', options })
    for (const action of ['registeruser', 'deleteuser', 'setpassword', 'messagelist'])
      await askServer(this.#directory, { action, options: { name: text, password: text, channel: text } })
    await askServer(this.#directory, { action: text, options: { name: text } })
    await this.#server.activity.quiet()
  }

  /** As the name of the terminal. */
  async byTelnet(text: string | Buffer): Promise<void> {
    const client = await this.#server.connect()
    client.write(willTerminalType)
    client.write(Buffer.concat([Buffer.from([iac, 0xfa, 24, 0]), bytesOf(text), Buffer.from([iac, 0xf0])]))
    client.write(
      this.#lines(
        [[`/nick telnet${this.#index}`], ['/join #mine'], ['telnet: ', text], ['/quit ', text]],
        true,
      ),
    )
    client.end()
    await client.closing()
    await this.#server.activity.quiet()
  }

  async #type(parts: readonly (readonly (string | Buffer)[])[]): Promise<void> {
    this.#mallory.write(this.#lines(parts))
    await this.#mallory.settled()
  }
}

/** Out of every question, whatever was made of its answers. */
const leaving = [['/cancel'], ['/cancel'], ['/cancel']]
const newline = Buffer.from('\n')

type Parts = readonly (readonly (string | Buffer)[])[]

function linesOf(parts: Parts): Buffer {
  return Buffer.concat(parts.flatMap((line) => [...line.map(bytesOf), newline]))
}

/** The same, as it is taken for: what keys send goes whole, with what it runs into (test/lib/keys.test.ts). */
function calmLinesOf(parts: Parts, { harmless, hostile }: Hostile, byKeys = false): Buffer {
  const calm = parts.map((line) => {
    const whole = line.map(String).join('')
    const typed = withoutKeys(byKeys ? edited(whole) : whole)
    return typeof hostile === 'string' && typed !== whole
      ? [cleanText(typed)]
      : line.map((part) => (part === hostile ? harmless : part))
  })
  return linesOf(calm)
}

/** What stands in a line when its keys have edited it: Backspace, Ctrl-C, Ctrl-U and Ctrl-W. */
function edited(text: string): string {
  let line = ''
  for (const key of text) {
    if (key === '\b' || key === '\u007f') line = Array.from(line).slice(0, -1).join('')
    else if (key === '\u0003' || key === '\u0015') line = ''
    else if (key === '\u0017') line = line.replace(/\S*\s*$/, '')
    else line += key
  }
  return line
}

function bytesOf(text: string | Buffer): Buffer {
  return Buffer.from(text)
}
