import t from 'tap'
import { LineEnds } from '../../server/net/line-ends.ts'
import { growth } from '../support/growth.ts'

t.test('the ends of lines from a place on are counted, of whatever kind', async (t) => {
  const ends = new LineEnds()
  const bytes = Buffer.from('a\nb\r\nc\rd\r')
  t.strictSame(
    [0, 1, 2, 5, 7, 9].map((from) => ends.countIn(bytes, from)),
    [2, 2, 1, 2, 1, 0],
  )
  t.equal(ends.countIn(bytes, 0), 2, 'from the front again')
  t.equal(ends.countIn(Buffer.alloc(0)), 0)
})

for (const end of ['\n', '\r', '\r\n', '\n\r'])
  t.test(`asked for each line, it takes even time, with ${JSON.stringify(end)}`, async (t) => {
    const ratio = growth(8192, (size) => {
      const ends = new LineEnds()
      const bytes = Buffer.from(end.repeat(size / end.length))
      for (let at = 0; at <= bytes.length; at++) ends.countIn(bytes, at)
    })
    t.ok(ratio < 30, String(ratio))
  })
