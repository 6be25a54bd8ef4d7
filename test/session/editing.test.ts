import t from 'tap'
import type { QuestionManner } from '../../server/editor/asking.ts'
import type { LineEditor } from '../../server/session/connection.ts'
import { Ends, Scene } from './scene.ts'

/** A connection whose line the server can edit; `mayBegin`: its client sends each key if it is asked to. */
class Edited extends Ends {
  override readonly telnet: boolean
  isOn = false
  /** What it was asked to do. */
  readonly told: string[] = []
  readonly editor: LineEditor

  constructor({ mayBegin = true, telnet = true } = {}) {
    super()
    this.telnet = telnet
    const switchTo = (isOn: boolean) => {
      if (this.isOn === isOn) return
      this.isOn = isOn
      this.told.push(isOn ? 'begin' : 'end')
    }
    const isOn = () => this.isOn
    this.editor = {
      get isOn() {
        return isOn()
      },
      begin: async (isAsked = true) => {
        if (mayBegin && (isAsked || telnet)) switchTo(true)
        return isOn()
      },
      beginIfClientMay: () => switchTo(mayBegin && telnet),
      end: () => switchTo(false),
      ask: (text: string, { isHidden }: QuestionManner) =>
        void this.told.push(`ask ${text}${isHidden ? '(hidden)' : ''}`),
      endQuestion: () => void this.told.push('answered'),
      forget: () => void this.told.push('forget'),
    }
  }
}

async function stage() {
  const scene = await Scene.set()
  const connect = <E extends Ends>(ends: E) => {
    const { session } = scene.connect(ends)
    return {
      ends,
      editing: session.editing,
      session,
      /** Types lines; answers what came since the last time, . */
      type: async (...lines: string[]) => {
        for (const text of lines) {
          session.receive({ text })
          await scene.rest()
        }
        return ends.take()
      },
    }
  }
  const member = async <E extends Ends>(name: string, ends: E) => {
    const made = connect(ends)
    await made.type(`/signup ${name}`, 'good-enough', 'good-enough')
    return made
  }
  return { scene, connect, member }
}

t.test('the prompt says where words go', async (t) => {
  const { connect, member } = await stage()
  const visitor = connect(new Edited())
  t.equal(visitor.editing.prompt, '> ')
  await visitor.type('/nick sam')
  t.equal(visitor.editing.prompt, '#lobby> ')

  const [anna, bob] = [await member('anna', new Edited()), await member('bob', new Edited())]
  await anna.type('/create #tea')
  await bob.type('/join #tea')
  t.equal(bob.editing.prompt, '#tea> ')
  await anna.type('/rename #tea #cake')
  t.equal(bob.editing.prompt, '#cake> ', 'the channel is called otherwise')
  await bob.type('/hold on')
  t.equal(bob.editing.prompt, '(hold) #cake> ')
  await bob.type('/hold off', '@anna')
  t.equal(bob.editing.prompt, '#cake> ', 'nobody has begun a talk')
  await anna.type('/remove bob')
  t.equal(bob.editing.prompt, '> ', 'somebody who was removed talks nowhere')

  await anna.type('/chat bob')
  await bob.type('/chat anna')
  t.equal(anna.editing.prompt, '*bob*> ')
  t.equal(bob.editing.prompt, '*anna*> ')
  await bob.type('@end')
  t.equal(anna.editing.prompt, '> ', 'the talk has ended: what she types goes nowhere')
  await anna.type('/switch #cake')
  t.equal(anna.editing.prompt, '#cake> ')
  t.equal(bob.editing.prompt, '> ')
  await anna.type('/logout')
  t.equal(anna.editing.prompt, '> ')
})

t.test('it begins where the client can do it, and as the person says', async (t) => {
  const { connect, member, scene } = await stage()
  const anna = await member('anna', new Edited())
  t.same(
    anna.ends.told.filter((one) => one === 'begin'),
    ['begin'],
    'by itself',
  )
  t.match(
    (await anna.type('/editor')).at(-1),
    '* The server edits the line, because your client sends each key.',
  )
  t.match((await anna.type('/editor off')).at(-1), '* Your terminal edits the line, and not the server.')
  t.notOk(anna.ends.isOn)
  t.notOk(anna.editing.mayBegin)
  t.equal(scene.parts.services.directory.findAccount('anna')?.settings.editor, 'off')
  await anna.type('/quit')

  const again = connect(new Edited())
  again.editing.settle()
  t.ok(again.ends.isOn)
  t.match(
    (await again.type('/login anna', 'good-enough', '/editor')).at(-1),
    /Your terminal edits the line/,
    'remembered',
  )
  t.notOk(again.ends.isOn)
  t.match((await again.type('/editor on')).at(-1), /The server edits the line/)
  t.ok(again.ends.isOn)
  t.equal(
    scene.parts.services.directory.findAccount('anna')?.settings.editor,
    'off',
    'on is for the connection',
  )
  await again.type('/editor auto')
  t.equal(scene.parts.services.directory.findAccount('anna')?.settings.editor, undefined)
  t.ok(again.ends.isOn)
  await again.type('/charset latin1')
  t.notOk(again.ends.isOn, 'the editor knows UTF-8')
  await again.type('/charset utf-8')
  t.ok(again.ends.isOn)
  await again.type('/format json')
  t.notOk(again.ends.isOn, 'a program sends lines')
  t.match((await again.type('/editor on')).at(-1), /"on":false,"choice":"on"/)
})

t.test('it does not begin where nobody types at a terminal, and says so', async (t) => {
  const { connect } = await stage()
  const raw = connect(new Edited({ telnet: false }))
  await raw.type('/nick sam')
  t.notOk(raw.ends.isOn, 'nc: never by itself')
  t.match((await raw.type('/editor on')).at(-1), /If each letter appears twice/)
  t.ok(raw.ends.isOn)
  const lines = connect(new Edited({ mayBegin: false }))
  t.match((await lines.type('/editor on')).at(-1), /your client does not send each key/)
  const other = connect(new Ends())
  t.match(
    (await other.type('/editor on')).at(-1),
    /goes on editing the line/,
    'a connection that has no editor',
  )
  t.match((await other.type('/editor perhaps')).at(-1), /I do not understand "perhaps"/)
})

t.test('a question stands in the row, a hidden one too, and ends with its command', async (t) => {
  const { connect, scene } = await stage()
  const { ends, session, type } = connect(new Edited())
  session.editing.settle()
  ends.told.splice(0)
  await type('/signup anna')
  t.match(ends.told.splice(0), [/^ask \? .*\(hidden\)$/])
  t.match(await type('x'), [/^! /], 'an answer that is not valid')
  t.match(ends.told.splice(0), [/^ask \? .*\(hidden\)$/], 'it is asked again')
  session.interrupt()
  await scene.rest()
  t.match(ends.told.splice(0), ['answered'], 'Ctrl-C')
  t.equal(session.editing.prompt, '> ')
})

t.test('what happens while a question stands in the row is shown at once', async (t) => {
  const { connect, member } = await stage()
  const bob = await member('bob', new Ends())
  const [edited, plain] = [connect(new Edited()), connect(new Ends())]
  edited.session.editing.settle()
  await edited.type('/nick sam', '/login bob')
  await plain.type('/nick zoe', '/login bob')
  await bob.type('hello')
  t.match(edited.ends.take().at(-1), /<bob> hello/)
  t.notMatch(plain.ends.take().join(), /hello/)
  t.match((await edited.type('/cancel')).at(-1), /Cancelled/)
  const [first, second] = await plain.type('/cancel')
  t.match(first, /Cancelled/)
  t.match(second, /<bob> hello/)
})

t.test('a question that is open when the editor begins goes into its row', async (t) => {
  const { connect } = await stage()
  const { ends, session, type } = connect(new Edited())
  await type('/login anna')
  ends.told.splice(0)
  session.editing.begun()
  t.match(ends.told, [/^ask \? Password: \(hidden\)$/])
})

t.test('who logs in behind somebody else at the same terminal finds no lines of theirs', async (t) => {
  const { member } = await stage()
  const forgotten = ({ told }: Edited) => told.filter((one) => one === 'forget').length
  const anna = await member('anna', new Edited())
  t.equal(forgotten(anna.ends), 0, 'a visitor who signs up is the same person')
  await anna.type('/nick other')
  t.equal(forgotten(anna.ends), 0)
  await anna.type('/logout')
  t.equal(forgotten(anna.ends), 1)
  await anna.type('/nick sam', '/login anna', 'good-enough')
  t.equal(forgotten(anna.ends), 1, 'nor a guest who logs in')
})

t.test('lines with a secret are not kept', async (t) => {
  const { connect, member } = await stage()
  const visitor = connect(new Edited())
  const anna = await member('anna', new Edited())
  const secret = [
    '/login anna pw',
    '  /LOGIN anna pw',
    '／login anna pw',
    '\u00ad/login anna pw',
    '\u3164\u{e0001}/login anna pw',
    '\u200b\ufeff／lo\u00adgin anna pw',
    '/logni anna pw',
    '/signup anna a@example.org',
    '/passwd old new',
    '/recover anna CODE',
    '/token laptop',
    '/setpassword bob',
    '/deleteaccount',
  ]
  for (const line of secret) {
    t.ok(visitor.editing.isSecret(line), line)
    t.ok(anna.editing.isSecret(line), line)
  }
  for (const line of ['hello', '/join #tea', '/help login', '/msg bob login', '']) {
    t.notOk(anna.editing.isSecret(line), line)
  }
  t.ok(visitor.editing.isSecret('login anna pw'), 'a visitor may leave the slash out')
  t.notOk(anna.editing.isSecret('login is hard'), 'that is talk')
  await anna.type('/passwd', 'wrong', 'wrong', 'wrong')
  t.ok(anna.editing.isSecret('good-enough'), 'a password that comes too late')
})

t.test(
  'Ctrl-D in an empty line leaves, also in the middle of a question; in a pasted text it is the dot',
  async (t) => {
    const { connect, member } = await stage()
    const anna = await member('anna', new Edited())
    await anna.type('/paste')
    anna.editing.leave()
    t.notOk(anna.ends.gone)
    await anna.type()
    const visitor = connect(new Edited())
    await visitor.type('/login anna')
    visitor.editing.leave()
    await visitor.type('')
    t.match(visitor.ends.text + visitor.ends.take().join(), '')
    t.equal(visitor.ends.gone, 'ended')
  },
)

t.test('what was pasted and goes nowhere is said', async (t) => {
  const { connect, scene } = await stage()
  const { editing, ends } = connect(new Edited())
  for (const why of ['rows', 'bytes', 'line', 'answer'] as const) editing.refusePaste(why)
  editing.lineFull()
  await scene.rest()
  const lines = ends.take()
  t.match(lines, [
    /more than \d+ rows: it went nowhere/,
    /more than \d+ KiB/,
    /longer than a line may be/,
    /one answer/,
    /The line is full/,
  ])
})

t.test('the bell', async (t) => {
  const { connect, member, scene } = await stage()
  const bells = (lines: string[]) => lines.filter((line) => line.includes('\u0007')).length
  const anna = await member('anna', new Edited())
  const bob = await member('bob', new Edited())
  const heard = async (line: string) => {
    scene.clock.advance(2000)
    anna.ends.take()
    await bob.type(line)
    return bells(anna.ends.take())
  }
  t.equal(await heard('hello @anna'), 0, 'off at first')
  await anna.type('/bell mentions')
  t.equal(await heard('hello all'), 0)
  t.equal(await heard('hello @anna'), 1)
  t.equal(await heard('/msg anna hello'), 1)
  await bob.type('/msg anna again')
  t.equal(bells(anna.ends.take()), 0, 'at most once a second')
  await anna.type('/bell all')
  t.equal(await heard('hello all'), 1)
  t.equal(bells(await anna.type('hello')), 0, 'not for what one says')

  // The same person elsewhere.
  const telnet = connect(new Edited())
  const pipe = connect(new Ends())
  for (const one of [telnet, pipe]) await one.type('/login anna', 'good-enough')
  t.match((await telnet.type('/bell')).at(-1), /rings at each message/, 'remembered')
  t.match((await pipe.type('/bell')).at(-1), /does not ring/, 'but not where a program may read it')
  scene.clock.advance(2000)
  pipe.ends.take()
  telnet.ends.take()
  await anna.type('hello from here')
  t.equal(bells(telnet.ends.take()), 0, 'not for what one says elsewhere')
  t.equal(await heard('hello'), 1)
  t.equal(bells(telnet.ends.take()), 1)
  t.equal(bells(pipe.ends.take()), 0)
  await pipe.type('/bell mentions')
  await heard('hello @anna')
  t.equal(bells(pipe.ends.take()), 1, 'but if asked')
  await pipe.type('/format json')
  await heard('hello @anna')
  t.equal(bells(pipe.ends.take()), 0, 'never in JSON')

  const sam = connect(new Edited())
  await sam.type('/nick sam', '/bell mentions')
  scene.clock.advance(2000)
  sam.ends.take()
  await bob.type('hello @sam')
  t.equal(bells(sam.ends.take()), 1, 'a guest is named without the sign')
  scene.clock.advance(2000)
  await bob.type('hello @~sam')
  t.equal(bells(sam.ends.take()), 1, 'or with it')
  t.match(
    (await sam.type('/signup samuel', 'good-enough', 'good-enough', '/bell')).at(-1),
    /rings when/,
    'it is still on',
  )
  scene.clock.advance(2000)
  sam.ends.take()
  await bob.type('hello @samuel')
  t.equal(bells(sam.ends.take()), 1, 'by the new name')
})
