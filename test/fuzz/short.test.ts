import t from 'tap'
import { fuzz } from './fuzz.ts'

t.setTimeout(280_000)

t.test('strange lines do the server and those who read along no harm', async (t) => {
  const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 32)
  t.comment(`FUZZ_SEED=${seed}`)
  const report = await fuzz({ seed, lines: 30_000, seconds: 30, tell: (text) => t.comment(text) })
  t.same(report.problems, [], `FUZZ_SEED=${seed}`)
  // A busy machine sends fewer in that time.
  t.ok(report.lines > 100, `${report.lines} lines were sent`)
})
