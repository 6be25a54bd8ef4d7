import t from 'tap'
import type { EmojiNames } from '../../server/session/emoji-names.ts'
import type { Session } from '../../server/session/session.ts'
import { Steps } from '../support/steps.ts'
import { TestListener } from '../support/world.ts'
import { type Ends, Scene } from './scene.ts'

/** Somebody at a terminal who presses Tab. */
class Typist {
  readonly #scene: Scene
  readonly #session: Session
  readonly ends: Ends

  constructor(scene: Scene) {
    this.#scene = scene
    const { ends, session } = scene.connect()
    this.#session = session
    this.ends = ends
  }

  /** Types lines, each when the one before is done. */
  async type(...lines: string[]): Promise<this> {
    for (const text of lines) {
      this.#session.receive({ text })
      await this.#scene.rest()
    }
    return this
  }

  /** What the line becomes by Tab, in turn; the cursor is where `|` stands, or at the end. */
  tab(typed: string): string[] {
    const cursor = typed.includes('|') ? typed.indexOf('|') : typed.length
    const line = typed.replace('|', '')
    const { start, candidates } = this.#session.editing.complete(line, cursor)
    return candidates.map(({ text, hint = '' }) => line.slice(0, start) + text + line.slice(cursor) + hint)
  }
}

async function stage(overrides: Parameters<typeof Scene.set>[1] = {}) {
  const scene = await Scene.set([], overrides)
  const visitor = () => new Typist(scene)
  const guest = (nick: string) => visitor().type(`/nick ${nick}`)
  const member = (name: string) => visitor().type(`/signup ${name}`, 'good-enough', 'good-enough')
  return { scene, visitor, guest, member }
}

t.test('Tab behind a long word looks at each character once', async (t) => {
  const { visitor } = await stage()
  const nobody = visitor()
  // Each search that begins anew at each character takes two thousand million steps.
  const before = process.cpuUsage()
  for (const end of [' x', '\u200b x', ' @', '/', ' :wave'])
    t.same(nobody.tab('a'.repeat(65_000) + end), [], JSON.stringify(end))
  const { user } = process.cpuUsage(before)
  t.ok(user < 2_000_000, `${user} us`)
})

t.test('commands that one may use, and their other names', async (t) => {
  const { visitor, guest, member } = await stage()
  const [nobody, sam, anna] = [visitor(), await guest('sam'), await member('anna')]
  t.same(sam.tab('/hol'), ['/hold '])
  t.same(sam.tab('  /HOL'), ['  /hold '], 'in any case, behind blanks')
  t.same(sam.tab('／hol'), ['/hold '], 'with the wide slash')
  t.same(nobody.tab('logi'), ['/login '], 'a visitor may leave the slash out')
  t.same(sam.tab('/passw'), [], 'a guest has no password')
  t.same(anna.tab('/passw'), ['/passwd '])
  t.same(anna.tab('/kil'), [], 'for operators')
  t.ok(sam.tab('/').length > 20, 'all of them')
  t.same(sam.tab('//hol'), [], 'two slashes begin talk')
  t.same(sam.tab('hello /hol'), [], 'no command in talk')
  t.same(sam.tab('/hol| on'), ['/hold on'], 'the blank is there already')
  t.same(sam.tab('/help edito'), ['/help editor '])
  t.same(sam.tab('/?'), ['/? '], 'an alias')
  t.same(nobody.tab('/zzz'), [])
})

t.test(
  'a token may be for one channel: by Tab it tells nobody where else its person is, and whom they know',
  async (t) => {
    const { visitor, member } = await stage()
    const anna = await member('anna')
    await member('bob')
    await anna.type('/create #secret private', '/create #open', '/contact add bob', '/token bot write #open')
    const token = / (\S{20,})$/m.exec(anna.ends.take().join('\n'))?.[1] ?? ''
    t.same(anna.tab('/join #s'), ['/join #secret '])
    const script = await visitor().type(`/login anna ${token}`, '/editor on')
    t.match(script.ends.take().join('\n'), /bot/, 'it is logged in')
    for (const line of [
      '#',
      '/join #',
      '/join #se',
      '/msg ',
      '@b',
      'bob',
      '/contact remove ',
      '/unblock ',
      '/fileget ',
    ])
      t.same(script.tab(line), [], line)
    t.same(script.tab('/editor o'), ['/editor on ', '/editor off '], 'words are no secret')
  },
)

t.test('arguments that are one of a few words', async (t) => {
  const { visitor, guest, member } = await stage()
  const [nobody, sam, anna] = [visitor(), await guest('sam'), await member('anna')]
  t.same(nobody.tab('/editor o'), ['/editor on ', '/editor off '], 'also for a visitor')
  t.same(sam.tab('/bell '), ['/bell off ', '/bell mentions ', '/bell all '])
  t.same(sam.tab('/charset koi'), ['/charset koi8-r '])
  t.same(sam.tab('/editor on '), [], 'nothing follows')
  t.same(anna.tab('/contacts watch o'), ['/contacts watch on ', '/contacts watch off '])
  t.same(anna.tab('/contact ad'), ['/contact add '])
})

t.test('names of people, as those who read it see them named', async (t) => {
  const { guest, member } = await stage()
  const [anna, bob, sam] = [await member('anna'), await member('bob'), await guest('sam')]
  t.same(anna.tab('bo'), ['@bob: '], 'at the start of a line')
  t.same(anna.tab(' @BO'), [' @bob: '])
  t.same(anna.tab('＠bo'), ['@bob: '], 'with the wide sign')
  t.same(anna.tab('ask @bo'), ['ask @bob '])
  t.same(anna.tab('ask bo'), ['ask @bob '])
  t.same(anna.tab('ask (@bo'), ['ask (@bob '], 'in brackets')
  t.same(anna.tab('ask bo| about it'), ['ask @bob about it'], 'in the middle of a line')
  t.same(anna.tab('ask bo|bby'), ['ask @bob bby'], 'in the middle of a word: what stands before the cursor')
  t.same(anna.tab('sa'), ['@~sam: '], 'a guest')
  t.same(anna.tab('@~s'), ['@~sam: '])
  t.same(sam.tab('sa'), [], 'not oneself')
  t.same(anna.tab(''), [], 'nothing is typed')
  t.same(anna.tab('@'), ['@bob: ', '@~sam: '], 'everybody')
  t.same(anna.tab('//msg bo'), ['//msg @bob '], 'talk that begins with a slash')
  t.same(anna.tab('/msg bo'), ['/msg bob '], 'an argument')
  t.same(anna.tab('/msg @bo'), ['/msg @bob '])
  t.same(anna.tab('/msg bob hello sa'), ['/msg bob hello @~sam '], 'in the text of a command')
  t.same(anna.tab('/ban bo'), ['/ban bob '], 'where a channel may stand in front')
  t.same(anna.tab('/ban #lobby bo'), ['/ban #lobby bob '])
  t.same(anna.tab('/whois zz'), [])

  await sam.type('/msg anna hello')
  t.same(anna.tab('/msg '), ['/msg ~sam ', '/msg bob '], 'who wrote last comes first')
  await anna.type('/block bob', '/contact add bob')
  t.same(anna.tab('bo'), [], 'nobody whom one has blocked')
  t.same(anna.tab('/unblock b'), ['/unblock bob '])
  t.same(bob.tab('an'), ['@anna: '], 'who is blocked does not learn of it')
  await anna.type('/unblock bob', '/contact add bob')
  await bob.type('/quit')
  t.same(anna.tab('bo'), ['@bob: '], 'a contact who is not there')
  t.same(sam.tab('bo'), [], 'others who are not there are no help')
})

t.test('who is in the channel comes before the others, and contacts before strangers', async (t) => {
  const { guest, member } = await stage()
  const anna = await member('anna')
  await guest('sa')
  await member('sal')
  const sam = await member('sam')
  await anna.type('/create #tea', '/contact add sal')
  await sam.type('/join #tea')
  t.same(anna.tab('/msg s'), ['/msg sam ', '/msg sal ', '/msg ~sa '])
})

t.test('names follow who comes, goes, and is called otherwise', async (t) => {
  const { guest, member } = await stage()
  const [anna, sam] = [await member('anna'), await guest('sam')]
  t.same(anna.tab('sa'), ['@~sam: '])
  await sam.type('/nick sandy')
  t.same(anna.tab('sa'), ['@~sandy: '])
  await sam.type('/signup sabine', 'good-enough', 'good-enough')
  t.same(anna.tab('sa'), ['@sabine: '])
  await sam.type('/quit')
  t.same(anna.tab('sa'), [])
})

t.test('channels that one may know', async (t) => {
  const { scene, guest, member } = await stage()
  const [anna, sam] = [await member('anna'), await guest('sam')]
  await anna.type('/create #team private', '/create #tea', '/create #teapot')
  t.same(anna.tab('/join #te'), ['/join #tea ', '/join #team ', '/join #teapot '])
  t.same(sam.tab('/join #te'), ['/join #tea ', '/join #teapot '], 'never a private one of others')
  t.same(sam.tab('/join te'), ['/join #tea ', '/join #teapot '], 'the sign may be missing')
  t.same(sam.tab('I am in #TE'), ['I am in #tea ', 'I am in #teapot '])
  t.same(sam.tab('see "#teap'), ['see "#teapot '], 'in quotes')
  t.same(sam.tab('/msg ＃teap'), ['/msg #teapot '])
  await sam.type('/join #teapot')
  t.same(sam.tab('#te'), ['#teapot ', '#tea '], 'own ones first')
  await anna.type('/private #tea on', '/rename #teapot #tepid')
  t.same(sam.tab('#te'), ['#tepid '], 'they follow what becomes of a channel')
  const { channels } = scene.parts.services
  const team = channels.named('#team')
  if (team) channels.setPrivate(team, false)
  t.same(sam.tab('#te'), ['#tepid ', '#team '])
})

t.test('files by number or name, shown with the name', async (t) => {
  const { scene, member } = await stage()
  const [anna, bob] = [await member('anna'), await member('bob')]
  const { services } = scene.parts
  const account = services.directory.findAccount('anna')
  if (!account) throw new Error('There is no anna.')
  for (const name of ['notes.txt', 'cat.png'])
    await services.files.makeFor(account, name, 60_000, async (part) => part.append(Buffer.from('x')))
  t.same(anna.tab('/fileget '), ['/fileget 2  cat.png', '/fileget 1  notes.txt'])
  t.same(anna.tab('/fileget not'), ['/fileget 1  notes.txt'])
  t.same(anna.tab('/fileget 2'), ['/fileget 2  cat.png'])
  t.same(bob.tab('/fileget '), [], 'not those of others')
})

t.test('emoji by name', async (t) => {
  const { scene, guest, visitor } = await stage()
  const { emojiNames }: { emojiNames: EmojiNames } = scene.parts
  const sam = await guest('sam')
  t.same(sam.tab(':wav'), [], 'the table is loaded with the first editor')
  await emojiNames.load()
  t.match(sam.tab(':wav'), ['👋  :wave:'])
  t.same(sam.tab('hello :wave:'), ['hello 👋  :wave:'], 'the whole name')
  t.same(sam.tab('hello (:WAVE:'), ['hello (👋  :wave:'])
  t.same(sam.tab(':'), [], 'not all of them')
  t.same(sam.tab('10:wav'), [])
  t.same(visitor().tab(':wav'), [])
  t.ok(sam.tab(':s').length <= 200)
})

t.test('a Tab looks at no more, however many people and channels there are', async (t) => {
  const { scene, guest } = await stage({ 'ceilings.channels': 0 })
  const { channels, guests, presence } = scene.parts.services
  const sam = await guest('sam')
  const steps = new Steps()
  const lines = ['@', 'g', 'guest1', '/msg gu', '/join #', '/join #r1', '/ban ']
  const count = () => {
    for (const line of lines) sam.tab(line)
    steps.take()
    steps.watch()
    try {
      return lines.map((line) => {
        sam.tab(line)
        return steps.take()
      })
    } finally {
      steps.unwatch()
    }
  }
  const grow = (size: number) => {
    for (let number = 1; number <= size; number++) {
      presence.arrive(guests.enter(undefined, `10.0.${number >> 8}.${number & 255}`), new TestListener())
      channels.made(1000 + channels.counted().public, `#r${channels.counted().public}`)
    }
  }
  grow(300)
  const few = count()
  grow(3000)
  const many = count()
  for (const [index, line] of lines.entries())
    t.ok(
      (many[index] ?? 1e9) < 1.5 * (few[index] ?? 0) + 60,
      `${line}: ${few[index]} steps, then ${many[index]}`,
    )
  t.equal(sam.tab('@').length, 200)
})
