import t from 'tap'
import { graceMs } from '../../server/chat/presence/grace.ts'
import { type Ends, Scene } from './scene.ts'

/** Several people without a network: a line is there when it is sent, and no other one comes between. */
class People {
  readonly scene: Scene
  readonly #connections = new Map<string, ReturnType<Scene['connect']>>()

  private constructor(scene: Scene) {
    this.scene = scene
  }

  /** Anna, bob and carol are in #lobby, where they talk, and #tea, which is carol's; zoe is a guest there. */
  static async meet(): Promise<People> {
    const limits = {
      'limits.messagesPerSecond': 1000,
      'limits.burst': 1000,
      'limits.addressBurst': 10_000,
      'limits.signupsPerHour': 100,
    }
    const people = new People(await Scene.set([], limits))
    for (const name of ['carol', 'anna', 'bob']) {
      people.connect(name)
      await people.type(name, `/signup ${name}`, 'password', 'password', '/join #tea', '/switch #lobby')
    }
    people.connect('zoe')
    await people.type('zoe', '/nick zoe', '/join #tea')
    return people
  }

  connect(name: string): void {
    this.#connections.set(name, this.scene.connect())
  }

  of(name: string): { session: ReturnType<Scene['connect']>['session']; ends: Ends } {
    const found = this.#connections.get(name)
    if (!found) throw new Error(`${name} is not connected`)
    return found
  }

  /** Lines that arrive together; answers what is read then. */
  async type(name: string, ...lines: string[]): Promise<string> {
    const { session, ends } = this.of(name)
    ends.take()
    for (const text of lines) session.receive({ text })
    // A new account may say as much as its age allows.
    for (let rest = 0; rest <= lines.length; rest++) await this.pass(20)
    return ends.take().join('\n')
  }

  async talk(one: string, other: string): Promise<void> {
    await this.type(one, `/chat ${other}`)
    await this.type(other, `/chat ${one}`)
    await this.type(one, '')
  }

  async lose(name: string): Promise<void> {
    await this.of(name).session.closed(false)
    await this.scene.rest()
  }

  async pass(ms: number): Promise<void> {
    this.scene.clock.advance(ms)
    await this.scene.rest()
  }

  /** To whom a text was said: the names of channels and people. */
  placesOf(text: string): string[] {
    const { channels, directory } = this.scene.parts.services
    return this.scene.store.messages
      .filter((message) => message.text === text)
      .map(({ channel, to, toGuest }) => {
        if (channel !== undefined) return channels.byId(channel)?.name ?? '?'
        return to === undefined ? (toGuest ?? '?') : (directory.account(to)?.name ?? 'a deleted user')
      })
  }
}

const secret = 'my PIN is 4711'

/** What anna has chosen, and to whom her words may go then, and to nobody else. */
const places: Readonly<
  Record<string, readonly [choose: (people: People) => Promise<unknown>, to: string[]]>
> = {
  'a private talk with bob': [(people) => people.talk('anna', 'bob'), ['bob']],
  'a private talk with a guest': [(people) => people.talk('anna', 'zoe'), ['~zoe', '~zora', 'zoe', 'zora']],
  '/switch bob': [(people) => people.type('anna', '/switch bob'), ['bob']],
  '/switch ~zoe': [(people) => people.type('anna', '/switch ~zoe'), ['~zoe', '~zora', 'zoe', 'zora']],
  '#tea': [(people) => people.type('anna', '/switch #tea'), ['#tea']],
}

/** What others do, or what happens. */
const happenings: Readonly<Record<string, (people: People) => Promise<unknown>>> = {
  'bob ends the talk': (people) => people.type('bob', '/end'),
  'bob quits': (people) => people.type('bob', '/quit'),
  'bob logs out': (people) => people.type('bob', '/logout'),
  'bob loses the line': (people) => people.lose('bob'),
  'bob loses the line for long': async (people) => {
    await people.lose('bob')
    await people.pass(graceMs)
  },
  'bob loses the line and comes back': async (people) => {
    await people.lose('bob')
    people.connect('bob')
    await people.type('bob', '/login bob password')
  },
  'bob chooses carol': (people) => people.type('bob', '/chat carol'),
  'bob goes elsewhere': (people) => people.type('bob', '/join #elsewhere'),
  'bob blocks anna': (people) => people.type('bob', '/block anna'),
  'bob is deleted': (people) => people.type('bob', '/deleteaccount', 'password', 'yes'),
  'bob is killed': async (people) => {
    people.of('bob').session.close('an operator ended it')
    await people.scene.rest()
  },
  'bob changes the password elsewhere': async (people) => {
    people.connect('phone')
    await people.type('phone', '/login bob password', '/passwd', 'password', 'password2', 'password2')
  },
  'zoe ends the talk': (people) => people.type('zoe', '/end'),
  'zoe quits': (people) => people.type('zoe', '/quit'),
  'zoe loses the line': (people) => people.lose('zoe'),
  'zoe has another nick': (people) => people.type('zoe', '/nick zora'),
  'zoe signs up': (people) => people.type('zoe', '/signup zoe', 'password', 'password'),
  'zoe signs up by another name': (people) => people.type('zoe', '/signup zora', 'password', 'password'),
  'zoe logs in as somebody else': (people) => people.type('zoe', '/login bob password'),
  'another takes the nick': async (people) => {
    await people.type('zoe', '/quit')
    people.connect('other')
    await people.type('other', '/nick zoe')
  },
  'carol removes anna': (people) => people.type('carol', '/remove #tea anna'),
  'carol bans anna': (people) => people.type('carol', '/ban #tea anna'),
  'carol mutes anna': (people) => people.type('carol', '/mute #tea anna'),
  'all leave #tea, and it is made anew': async (people) => {
    await people.type('carol', '/remove #tea anna')
    for (const name of ['bob', 'zoe', 'carol']) await people.type(name, '/leave #tea')
    await people.type('carol', '/create #tea')
  },
  'carol wishes a talk': (people) => people.type('carol', '/chat anna'),
  'anna leaves #tea on another connection': async (people) => {
    people.connect('annas')
    await people.type('annas', '/login anna password', '/leave #tea')
  },
  'anna blocks bob on another connection': async (people) => {
    people.connect('annas')
    await people.type('annas', '/login anna password', '/block bob')
  },
  'anna goes on with the talk on another connection': async (people) => {
    people.connect('annas')
    await people.type('annas', '/login anna password', '/chat bob', '/chat zoe')
  },
}

for (const [place, [choose, to]] of Object.entries(places))
  for (const [what, happens] of Object.entries(happenings))
    t.test(`${place}, and ${what}`, async (t) => {
      const people = await People.meet()
      await choose(people)
      await happens(people)
      const read = await people.type('anna', secret)
      const said = people.placesOf(secret)
      for (const one of said) t.ok(to.includes(one), `said to ${one}`)
      if (said.length === 0) t.match(read, /^! /m, 'and she reads why it was said to nobody')
      await people.type('anna', '/switch #lobby', 'now in the lobby')
      t.same(people.placesOf('now in the lobby'), ['#lobby'], 'and goes on where she chooses')
    })

for (const hold of [false, true])
  t.test(`a talk begins in the middle of what is typed${hold ? ', and held' : ''}`, async (t) => {
    const people = await People.meet()
    await people.type('anna', '/chat bob')
    if (hold) await people.type('anna', '/hold on')
    await people.pass(3_600_000)
    await people.type('anna', 'hello all')
    t.same(people.placesOf('hello all'), ['#lobby'], 'until then she talks where she did')
    await people.type('bob', '/chat anna')
    const read = await people.type('anna', 'what a day', 'as I was saying', 'about bob')
    for (const text of ['what a day', 'as I was saying', 'about bob']) t.same(people.placesOf(text), [], text)
    t.match(read, /The private talk with bob had just begun/)
    await people.type('anna', 'just for you')
    t.same(people.placesOf('just for you'), ['bob'])
  })

t.test('Enter is enough to know of a talk', async (t) => {
  const people = await People.meet()
  await people.talk('anna', 'bob')
  await people.type('anna', secret)
  t.same(people.placesOf(secret), ['bob'])
})

t.test('a command that was typed meanwhile does what it says', async (t) => {
  const people = await People.meet()
  await people.type('anna', '/chat bob')
  await people.type('bob', '/chat anna')
  await people.type('anna', '/msg #tea hello tea', 'hello bob')
  t.same(people.placesOf('hello tea'), ['#tea'])
  t.same(people.placesOf('hello bob'), ['bob'])
})

t.test('whose own line ends in a private talk has no target, but for tokens', async (t) => {
  for (const [how, end] of [
    ['is lost', (people: People) => people.lose('anna')],
    ['is closed', async (people: People) => people.of('anna').session.endOfInput()],
    ['is ended by the server', async (people: People) => people.of('anna').session.close('a restart')],
  ] as const) {
    for (const away of [0, graceMs, 3_600_000]) {
      const people = await People.meet()
      const [token = ''] = (await people.type('anna', '/token bot')).match(/\b[0-9A-Z]{32}\b/) ?? []
      await people.talk('anna', 'bob')
      await end(people)
      await people.scene.rest()
      await people.of('anna').session.closed(true)
      await people.pass(away)
      people.connect('bot')
      await people.type('bot', `/login anna ${token}`, 'by a script')
      t.same(people.placesOf('by a script'), ['#lobby'], `it ${how}, for ${away} ms: a script`)
      people.connect('anna')
      const read = await people.type('anna', '/login anna password', secret)
      t.same(people.placesOf(secret), [], `it ${how}, for ${away} ms`)
      t.match(read, /You were in a private talk with bob.*\/chat bob to go on with it, \/switch #lobby/)
      await people.type('anna', '/switch #lobby', 'hello all')
      t.same(people.placesOf('hello all'), ['#lobby'])
      await people.type('anna', '/quit')
      people.connect('anna')
      await people.type('anna', '/login anna password', 'once more')
      t.same(people.placesOf('once more'), ['#lobby'], 'at the next login that is over')
    }
  }
})

t.test('who ends it by a command talks where they did', async (t) => {
  for (const how of ['/quit', '/logout']) {
    const people = await People.meet()
    await people.talk('anna', 'bob')
    await people.type('anna', how)
    people.connect('anna')
    await people.type('anna', '/login anna password', 'hello all')
    t.same(people.placesOf('hello all'), ['#lobby'], how)
  }
})

t.test('both lose the line, and find each other again', async (t) => {
  const people = await People.meet()
  await people.talk('anna', 'bob')
  for (const name of ['anna', 'bob']) await people.lose(name)
  for (const name of ['anna', 'bob']) {
    people.connect(name)
    await people.type(name, `/login ${name} password`)
  }
  for (const [name, other] of [
    ['anna', 'bob'],
    ['bob', 'anna'],
  ] as const) {
    const text = `from ${name}`
    await people.type(name, text)
    t.same(people.placesOf(text), [], 'not before they say so')
    t.match(await people.type(name, `/chat ${other}`), /You are allowed to chat now/)
    await people.type(name, text)
    t.same(people.placesOf(text), [other])
  }
})

t.test('a talk that waits for who is gone is over when its time is', async (t) => {
  const people = await People.meet()
  await people.talk('anna', 'bob')
  await people.lose('bob')
  t.match(await people.type('anna', 'wait for me'), /bob is offline; the message waits/)
  t.same(people.placesOf('wait for me'), ['bob'])
  await people.pass(graceMs - 1000)
  await people.type('anna', 'still')
  t.same(people.placesOf('still'), ['bob'])
  await people.pass(1000)
  t.match(await people.type('anna', secret), /The talk with bob has ended/)
  t.same(people.placesOf(secret), [])
})
