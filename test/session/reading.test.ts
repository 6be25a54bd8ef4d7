import t from 'tap'
import type { Invocation } from '../../server/dialects/dialect.ts'
import { Wiring } from '../../server/session/wiring.ts'
import { thrownCode } from '../support/world.ts'
import { Ends, Scene, unreached } from './scene.ts'

async function begin(lineBytes = 256) {
  const { parts } = await Scene.set([], { 'limits.lineBytes': lineBytes })
  return new Wiring(parts, new Ends(), unreached)
}

t.test('a line says commands and talk, and nothing if it is empty', async (t) => {
  const { reading } = await begin()
  t.match(reading.steps({ text: '/join  #tea' }), [{ command: 'join' }])
  t.match(reading.steps({ text: 'hello' }), [{ command: undefined, text: 'hello' }])
  t.same(reading.steps({ text: ' \u200b ' }), [])
  t.match(reading.steps({ text: 'a\u001b[Db' }), [{ text: 'ab' }], 'keys are no text')
})

t.test(
  'a line that cannot be read is no talk; what it begins with tells whose payload is behind it',
  async (t) => {
    const { reading } = await begin()
    const [step] = reading.steps({ error: 'line-too-long', start: '/paste #te' }) as [Invocation]
    t.match(step, { command: 'paste', refused: { code: 'line-too-long', limit: reading.longestLine } })
    t.equal(
      thrownCode(() => reading.answer({ error: 'bad-encoding', start: '' })),
      'bad-encoding',
    )
    t.match(reading.row({ error: 'bad-encoding', start: '' }), { code: 'bad-encoding' })
  },
)

t.test('a line of JSON may be longer than what it says', async (t) => {
  const { output, reading } = await begin()
  output.speak('json')
  const say = (say: string) => reading.steps({ text: JSON.stringify({ say, tag: 'a rather long tag' }) })
  t.match(say('short'), [{ text: 'short', refused: undefined }])
  t.match(say('long '.repeat(reading.longestLine)), [{ refused: { code: 'line-too-long' } }])
  t.equal(reading.answer({ text: '{"line":"secret"}' }), 'secret')
  t.equal(
    thrownCode(() => reading.answer({ text: 'x'.repeat(reading.longestLine + 1) })),
    'line-too-long',
  )
})
