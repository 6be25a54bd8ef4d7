import t, { type Test } from 'tap'
import { dotted, settingPaths } from '../../server/config/settings.ts'
import { askServer } from '../../server/operator/control/control.ts'
import type { LineClient } from '../support/client.ts'
import { directoryFor } from '../support/directory.ts'
import { type Overrides, TestServer } from '../support/server.ts'
import { request, withPage } from '../web/web-client.ts'

/** A setting that a reload changes while people are connected, and how they can tell. */
interface Case {
  readonly from: unknown
  readonly to: unknown
  /** What has to be so besides. */
  readonly also?: Overrides
  /** What is read by those who were there before the reload, first before it and then behind it. */
  readonly read: (scene: Scene) => Promise<string>
  readonly before: RegExp
  readonly after: RegExp
}

const hourMs = 3_600_000
const password = 'password'
const remote = 'PROXY TCP4 203.0.113.9 203.0.113.1 50000 6667\r\n'
const behindProxy: Overrides = { listeners: [{ host: '127.0.0.1', port: 0, proxy: 'tcp' }] }

/** anna, an operator, bob, a member, and some visitors: all of them connected before the reload. carl is elsewhere. */
class Scene {
  readonly server: TestServer
  readonly directory: string
  readonly #preface: string
  anna!: LineClient
  bob!: LineClient
  #visitors: LineClient[] = []
  /** Grows with each time it is asked for. */
  #number = 0

  private constructor(server: TestServer, directory: string, preface: string) {
    this.server = server
    this.directory = directory
    this.#preface = preface
  }

  static async set(t: Test, directory: string, config: Overrides): Promise<Scene> {
    const server = await TestServer.start({ directory, config })
    t.teardown(() => server.stop())
    const scene = new Scene(server, directory, config['listeners'] ? remote : '')
    await server.makeOperator('anna', password)
    for (const name of ['bob', 'carl'])
      await askServer(directory, { action: 'createsuperuser', options: { name, password } })
    await askServer(directory, { action: 'demoteoperator', options: { name: 'bob' } })
    await askServer(directory, { action: 'demoteoperator', options: { name: 'carl' } })
    // An account begins without an allowance.
    server.clock.advance(hourMs)
    scene.anna = await scene.connect()
    await scene.anna.ask(`/login anna ${password}`)
    await scene.anna.ask('old words')
    scene.bob = await scene.connect()
    await scene.bob.ask(`/login bob ${password}`)
    // Those behind a proxy come from one address.
    for (let count = 0; count < 4; count++) scene.#visitors.push(await scene.connect())
    await server.activity.quiet()
    return scene
  }

  get n(): number {
    return ++this.#number
  }

  get visitor(): LineClient {
    const visitor = this.#visitors.pop()
    if (!visitor) throw new Error('There is no visitor left')
    return visitor
  }

  async connect(): Promise<LineClient> {
    const client = await this.server.connect()
    if (this.#preface !== '') client.write(this.#preface)
    return client
  }

  /** What somebody reads who connects and waits so long. */
  async greeting(ms = 20_000): Promise<string> {
    const { activity, clock } = this.server
    const connected = this.server.count('connected')
    const client = await this.connect()
    await activity.until(() => this.server.count('connected') > connected)
    clock.advance(ms)
    await activity.quiet()
    return client.takeLines().join('\n')
  }

  /** What somebody reads who connects now and asks something. */
  async newcomer(): Promise<string> {
    const client = await this.connect()
    client.send('/help ping')
    client.end()
    return (await client.closing()).join('\n')
  }

  async ask(who: LineClient, ...lines: string[]): Promise<string> {
    return (await who.ask(lines.join('\n'))).join('\n')
  }

  /** Offers a file, and answers the token of its upload, or what is said instead. */
  async offer(): Promise<string> {
    const said = await this.ask(this.bob, `/filesend #lobby file${this.n}.txt`)
    return /\/put (\w+)/.exec(said)?.[1] ?? said
  }

  /** Sends 20 bytes of a file. */
  async put(token: string): Promise<string> {
    const client = await this.connect()
    client.write(`/put ${token} 20\n${'x'.repeat(20)}`)
    return (await client.closing()).join('\n')
  }

  async act(action: string, options: Record<string, unknown> = {}): Promise<string> {
    return JSON.stringify(await askServer(this.directory, { action, options }))
  }

  /** How many of 30 lines of somebody are heard while no time passes. */
  async heard(who: LineClient): Promise<string> {
    await this.anna.settled()
    for (let count = 0; count < 30; count++) who.send(`line ${count}`)
    await this.server.activity.quiet()
    const heard = this.anna.takeLines().filter((line) => line.includes('> line ')).length
    return heard === 30 ? 'all' : `only ${heard}`
  }

  /** The status of the page for a request with these headers. */
  async page(headers: Record<string, string>): Promise<string> {
    return String((await request(this.server, 'GET', '/', headers)).status)
  }

  async later(ms: number): Promise<void> {
    this.server.clock.advance(ms)
    await this.server.activity.quiet()
  }
}

const sentFile = async (scene: Scene) => {
  const token = await scene.offer()
  return /^\w+$/.test(token) ? scene.put(token) : token
}
const arrived = /is there/

/** A ceiling of 1, where before it there was none: one is made, and one more is refused. */
function ceiling(make: (scene: Scene) => Promise<string>, also: Overrides = {}): Case {
  return { from: 0, to: 1, also, read: make, before: /^(?!.*(^|\n)!)/s, after: /! .*\b1\b/ }
}

const member = (line: (n: number) => string) => (scene: Scene) => scene.ask(scene.bob, line(scene.n))
const signUp = (scene: Scene) => scene.ask(scene.visitor, `/signup sue${scene.n}`, password, password)
const both = (n: number) => (n === 1 ? 'bob' : 'carl')
const inRoom = (line: string) => async (scene: Scene) => {
  await scene.ask(scene.anna, '/create #room')
  return scene.ask(scene.anna, line.replace('NAME', both(scene.n)))
}

/** Of every setting: that it is told to need a restart with such a value, or that it holds behind a reload. */
const settings: Readonly<Record<string, Case | { readonly restart: unknown }>> = {
  listeners: { restart: [{ host: '127.0.0.1', port: 1 }] },
  dataDirectory: { restart: 'elsewhere' },
  'web.listen': { restart: [{ port: 1 }] },
  'http.listen': { restart: [{ port: 1 }] },
  'accounts.bcryptCost': { restart: 4 },
  'channels.default': { restart: '#den' },
  'store.synchronous': { restart: 'normal' },
  'log.pretty': { restart: true },

  greetingDelayMs: {
    from: 10_000,
    to: 100,
    read: (scene) => scene.greeting(5_000),
    before: /^$/,
    after: /Welcome/,
  },
  'web.origins': {
    from: [],
    to: ['https://chat.example.org'],
    also: withPage,
    read: (scene) => scene.page({}),
    before: /^404|^200/,
    after: /^403/,
  },
  'web.proxy': {
    from: [],
    to: ['127.0.0.1'],
    also: { ...withPage, 'limits.connectionsPerAddress': 0 },
    // Who is believed to be a proxy has to tell the client.
    read: (scene) => scene.page({}),
    before: /^404|^200/,
    after: /^403/,
  },
  'server.name': {
    from: 'Here',
    to: 'There',
    read: (scene) => scene.greeting(),
    before: /Welcome to Here/,
    after: /Welcome to There/,
  },
  'server.welcome': {
    from: '',
    to: 'Tea is served.',
    read: (scene) => scene.greeting(),
    before: /Welcome to/,
    after: /Tea is served/,
  },
  'server.publicHost': {
    from: 'old.example',
    to: 'new.example',
    read: (scene) => scene.ask(scene.bob, `/filesend #lobby file${scene.n}`),
    before: /nc old\.example/,
    after: /nc new\.example/,
  },
  'server.publicPort': {
    from: 1234,
    to: 4321,
    read: (scene) => scene.ask(scene.bob, `/filesend #lobby file${scene.n}`),
    before: / 1234\b/,
    after: / 4321\b/,
  },
  'accounts.guests': {
    from: true,
    to: false,
    read: (scene) => scene.ask(scene.visitor, `/nick sam${scene.n}`),
    before: /You are ~sam/,
    after: /^! /,
  },
  'accounts.signup': { from: 'open', to: 'closed', read: signUp, before: /Welcome, sue/, after: /^! / },
  'accounts.passwordMinLength': {
    from: 8,
    to: 20,
    read: (scene) =>
      scene.ask(scene.visitor, `/signup sue${scene.n}`, password, password, '/cancel', '/cancel'),
    before: /Welcome, sue/,
    after: /20/,
  },
  'accounts.requireTls': {
    from: false,
    to: true,
    also: behindProxy,
    read: async (scene) => scene.ask(scene.visitor, '/login carl', password),
    before: /Welcome back/,
    after: /^! .*TLS/,
  },
  'accounts.reservedNames': {
    from: '',
    to: 'admin root nell',
    read: async (scene) => {
      const { visitor } = scene
      const said = await scene.ask(visitor, '/nick nell')
      await scene.ask(visitor, '/logout')
      return said
    },
    before: /~nell/,
    after: /^! nell is reserved: only an operator can give it/,
  },
  'accounts.nameRestDays': {
    from: 30,
    to: 0,
    async read(scene) {
      const { visitor } = scene
      await scene.ask(visitor, '/signup sue', password, password, 'words')
      await scene.ask(visitor, '/deleteaccount', password)
      return scene.ask(visitor, '/nick sue')
    },
    before: /^! sue was somebody's name/,
    after: /You are ~sue/,
  },
  'accounts.deletedMessages': {
    from: 'keep',
    to: 'remove',
    also: { 'accounts.passwordMinLength': 1 },
    async read(scene) {
      const { visitor } = scene
      const n = scene.n
      await scene.ask(visitor, `/signup sue${n}`, password, password, `words of ${n}`)
      await scene.ask(visitor, '/deleteaccount', password)
      await scene.anna.settled()
      return (await scene.ask(scene.anna, '/history #lobby')).includes(`words of ${n}`) ? 'kept' : 'gone'
    },
    before: /kept/,
    after: /gone/,
  },
  'channels.create': {
    from: 'members',
    to: 'operators',
    read: member((n) => `/create #tea${n}`),
    before: /is made/,
    after: /^! /,
  },
  'channels.announceUpTo': {
    from: 200,
    to: 0,
    async read(scene) {
      await scene.anna.settled()
      await scene.ask(scene.visitor, `/nick sam${scene.n}`)
      return scene.ask(scene.anna, '')
    },
    before: /joined #lobby/,
    after: /^$/,
  },
  'history.keepDays': {
    from: 0,
    to: 1,
    async read(scene) {
      await scene.later(48 * hourMs)
      await scene.anna.settled()
      return scene.ask(scene.anna, '/history #lobby')
    },
    before: /old words/,
    after: /^(?!.*old words)/s,
  },
  'history.channels': {
    from: {},
    to: { '#lobby': { keepDays: 1 } },
    async read(scene) {
      await scene.later(48 * hourMs)
      await scene.anna.settled()
      return scene.ask(scene.anna, '/history #lobby')
    },
    before: /old words/,
    after: /^(?!.*old words)/s,
  },
  'history.editHours': {
    from: 24,
    to: 0.5,
    async read(scene) {
      await scene.ask(scene.bob, `words ${scene.n}`)
      await scene.later(hourMs)
      return scene.ask(scene.bob, '/edit other words')
    },
    before: /^(?!!)/,
    after: /^! /,
  },
  'history.replayLines': {
    from: 20,
    to: 0,
    read: (scene) => scene.ask(scene.visitor, `/nick sam${scene.n}`),
    before: /old words/,
    after: /^(?!.*old words)/s,
  },
  'files.enabled': { from: true, to: false, read: (scene) => scene.offer(), before: /^\w+$/, after: /^! / },
  'files.maxBytes': { from: 1000, to: 10, read: sentFile, before: arrived, after: /^! .*10/ },
  'files.accountBytes': { from: 1000, to: 30, read: sentFile, before: arrived, after: /^! / },
  'files.totalBytes': { from: 1000, to: 30, read: sentFile, before: arrived, after: /^! / },
  'files.freeSpaceBytes': {
    from: 0,
    to: 1_000_000_000_000_000,
    read: sentFile,
    before: arrived,
    after: /^! The server's disk is full\./,
  },
  'files.keepHours': {
    from: 100,
    to: 1,
    async read(scene) {
      await sentFile(scene)
      await scene.later(2 * hourMs)
      await scene.bob.settled()
      return scene.ask(scene.bob, '/files')
    },
    // The first one keeps the time that people were told.
    before: /file1\.txt/,
    after: /^(?!.*file2\.txt)/s,
  },
  'files.ticketMinutes': {
    from: 60,
    to: 1,
    async read(scene) {
      const token = await scene.offer()
      await scene.later(120_000)
      return scene.put(token)
    },
    before: arrived,
    after: /^! /,
  },
  'files.uploadsPerAccount': {
    from: 0,
    to: 1,
    read: (scene) => scene.offer(),
    before: /^\w+$/,
    after: /^! /,
  },
  'files.stallSeconds': {
    from: 60,
    to: 5,
    async read(scene) {
      const token = await scene.offer()
      const client = await scene.connect()
      client.write(`/put ${token} 20\nxxxxx`)
      // The time begins when what came is on the disk, which nobody tells.
      for (let count = 0; count < 8 && !client.ended; count++) await scene.later(6_000)
      return client.ended ? 'ended' : 'waits'
    },
    before: /waits/,
    after: /ended/,
  },
  'limits.connections': {
    from: 100,
    to: 1,
    read: (scene) => scene.newcomer(),
    before: /ping/,
    after: /^! /,
  },
  'limits.connectionsPerAddress': {
    from: 100,
    to: 1,
    also: behindProxy,
    read: (scene) => scene.newcomer(),
    before: /ping/,
    after: /^! /,
  },
  'limits.membersPerAddress': {
    from: 100,
    to: 1,
    also: { ...behindProxy, 'limits.connectionsPerAddress': 6 },
    read: (scene) => scene.newcomer(),
    before: /ping/,
    after: /^! /,
  },
  'limits.lineBytes': {
    from: 4000,
    to: 256,
    async read(scene) {
      const text = 'x'.repeat(300)
      await scene.bob.settled()
      return `${await scene.ask(scene.bob, text)} ${await scene.act('notice', { text })}`
    },
    before: /^ .*"ok":true/,
    after: /^! .*256 bytes.*"ok":false.*256/,
  },
  'limits.messagesPerSecond': {
    from: 0,
    to: 1,
    also: { 'limits.burst': 2 },
    read: (scene) => scene.heard(scene.bob),
    before: /all/,
    after: /only/,
  },
  'limits.burst': {
    from: 0,
    to: 2,
    also: { 'limits.messagesPerSecond': 1 },
    read: (scene) => scene.heard(scene.bob),
    before: /all/,
    after: /only/,
  },
  'limits.addressMessagesPerSecond': {
    from: 0,
    to: 1,
    also: { 'limits.messagesPerSecond': 1000, 'limits.burst': 1000, 'limits.addressBurst': 2 },
    async read(scene) {
      const guest = scene.visitor
      guest.send(`/nick sam${scene.n}`)
      return scene.heard(guest)
    },
    before: /all/,
    after: /only/,
  },
  'limits.addressBurst': {
    from: 0,
    to: 2,
    also: {
      'limits.messagesPerSecond': 1000,
      'limits.burst': 1000,
      'limits.addressMessagesPerSecond': 1,
    },
    async read(scene) {
      const guest = scene.visitor
      guest.send(`/nick sam${scene.n}`)
      return scene.heard(guest)
    },
    before: /all/,
    after: /only/,
  },
  'limits.signupsPerHour': {
    from: 0,
    to: 1,
    read: async (scene) => `${await signUp(scene)}\n${await signUp(scene)}`,
    before: /Welcome, sue1.*Welcome, sue2/s,
    after: /! /,
  },
  'limits.sendQueueBytes': {
    from: 1_000_000_000,
    to: 100_000,
    also: { 'limits.lineBytes': 65_536 },
    async read(scene) {
      scene.bob.pause()
      for (let count = 0; count < 70; count++) scene.anna.send('x'.repeat(65_000))
      await scene.anna.settled()
      return scene.server.count('reader too slow, connection closed') > 0 ? 'closed' : 'waits'
    },
    before: /waits/,
    after: /closed/,
  },
  'limits.loginSeconds': {
    from: 0,
    to: 10,
    async read(scene) {
      const { visitor } = scene
      await scene.later(20_000)
      return visitor.ended ? 'closed' : 'open'
    },
    before: /open/,
    after: /closed/,
  },
  'ceilings.channels': ceiling(inRoom('/create #other')),
  'ceilings.channelsOwned': ceiling(member((n) => `/create #tea${n}`)),
  'ceilings.channelsJoined': ceiling(member((n) => `/create #tea${n}`)),
  'ceilings.tokens': ceiling(member((n) => `/token bot${n}`)),
  'ceilings.invitationsMade': ceiling(inRoom('/invite #room NAME')),
  'ceilings.invitationsWaiting': ceiling(async (scene) => {
    const room = `#room${scene.n}`
    await scene.ask(scene.anna, `/create ${room}`)
    return scene.ask(scene.anna, `/invite ${room} bob`)
  }),
  'ceilings.inviteCodes': ceiling(
    member(() => '/invitecode'),
    { 'accounts.signup': 'invite' },
  ),
  'ceilings.contacts': ceiling((scene) => scene.ask(scene.anna, `/contact add ${both(scene.n)}`)),
  'ceilings.blocks': ceiling((scene) => scene.ask(scene.anna, `/block ${both(scene.n)}`)),
  'ceilings.channelBans': ceiling(inRoom('/ban #room NAME')),
  'ceilings.channelMutes': ceiling(async (scene) => {
    await scene.ask(scene.anna, '/create #room')
    // Guests of one address are muted together.
    const { n } = scene
    const guest = await scene.server.connect(`127.0.0.${10 + n}`)
    await scene.ask(guest, `/nick sam${n}`, '/join #room')
    await scene.anna.settled()
    return scene.ask(scene.anna, `/mute #room sam${n}`)
  }),
  'ceilings.addressBans': ceiling((scene) => scene.ask(scene.anna, `/banaddress 192.0.2.${scene.n}`)),
  'ceilings.files': ceiling(sentFile),
  'store.freeSpaceBytes': {
    from: 0,
    to: 100_000_000_000,
    async read(scene) {
      await scene.server.activity.quiet()
      return scene.ask(scene.bob, 'some words')
    },
    before: /^$/,
    after: /^! .*disk/,
  },
  'terminal.concealPasswords': {
    from: false,
    to: true,
    async read(scene) {
      const { visitor } = scene
      visitor.send('/login anna')
      await scene.server.activity.quiet()
      return JSON.stringify(visitor.tail)
    },
    before: /Password: "$/,
    after: /\\u001b\[8m/,
  },
  'terminal.timeZone': {
    from: 'UTC',
    to: 'Asia/Tokyo',
    async read(scene) {
      await scene.bob.settled()
      await scene.ask(scene.anna, 'what time is it?')
      const list = await scene.act('messagelist')
      return [await scene.ask(scene.bob, '/time'), /"zone":"[^"]+"/.exec(list)?.[0]].join('\n')
    },
    before: /\[19:00\] .*\(UTC\).*"zone":"UTC"/s,
    after: /\[04:00\] .*\(Asia\/Tokyo\).*"zone":"Asia\/Tokyo"/s,
  },
  'log.level': {
    from: 'info',
    to: 'error',
    read: async ({ server }) => server.levels.at(-1) ?? 'as at the start',
    before: /as at the start/,
    after: /error/,
  },
}

t.test('every setting is in the table', async (t) => {
  t.same(Object.keys(settings).sort(), [...settingPaths()].map(dotted).sort())
})

for (const [name, setting] of Object.entries(settings)) {
  if ('restart' in setting)
    t.test(`${name} is told to need a restart`, async (t) => {
      const server = await TestServer.start({ directory: directoryFor(t) })
      t.teardown(() => server.stop())
      await server.reload({ [name]: setting.restart })
      t.match(server.logged.findLast(({ message }) => message === 'reloaded')?.fields, {
        changed: [],
        kept: [name],
      })
    })
  else
    t.test(`${name} holds behind a reload`, async (t) => {
      const { after, also, before, from, read, to } = setting
      const scene = await Scene.set(t, directoryFor(t), { ...also, [name]: from })
      t.match(await read(scene), before, 'before it')
      await scene.server.reload({ [name]: to })
      t.match(scene.server.logged.findLast(({ message }) => message === 'reloaded')?.fields, {
        changed: [name],
        kept: [],
      })
      t.match(await read(scene), after, 'behind it')
    })
}

t.test('who chose a zone keeps it', async (t) => {
  const scene = await Scene.set(t, directoryFor(t), { 'terminal.timeZone': 'UTC' })
  const { anna, bob, visitor } = scene
  await scene.ask(bob, '/time Europe/Berlin')
  await scene.ask(anna, '/time 12')
  await scene.ask(visitor, '/time America/New_York')
  await scene.server.reload({ 'terminal.timeZone': 'Asia/Tokyo' })
  t.match(await scene.ask(bob, '/time'), /Europe\/Berlin/)
  t.match(await scene.ask(anna, '/time'), /4:00 AM.*Asia\/Tokyo/)
  t.match(await scene.ask(visitor, '/time'), /America\/New_York/)
  await scene.ask(bob, '/logout', `/login bob ${password}`)
  t.match(await scene.ask(bob, '/time'), /Europe\/Berlin/)
})

t.test('a line that has begun before is measured by what holds at its end', async (t) => {
  const scene = await Scene.set(t, directoryFor(t), { 'limits.lineBytes': 4096 })
  scene.bob.write('x'.repeat(2000))
  await scene.server.activity.quiet()
  await scene.server.reload({ 'limits.lineBytes': 256 })
  t.match(await scene.ask(scene.bob, ''), /^! .*256 bytes/)
  await scene.server.reload({ 'limits.lineBytes': 8000 })
  t.equal(await scene.ask(scene.bob, 'y'.repeat(7000)), '')
})
