/* `npm run test:crash`: what short.test.ts does, 50 times in a row, or CRASH_ROUNDS times; CRASH_SEED repeats one. */
import t from 'tap'
import { seedFrom } from '../support/random.ts'
import { crashRounds } from './rounds.ts'

t.setTimeout(0)

t.test('nothing that was confirmed is lost or changed by kill -9', (t) =>
  crashRounds(t, {
    rounds: Number(process.env['CRASH_ROUNDS'] ?? 50),
    seed: seedFrom(process.env['CRASH_SEED']),
  }),
)
