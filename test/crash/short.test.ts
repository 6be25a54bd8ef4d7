import t from 'tap'
import { seedFrom } from '../support/random.ts'
import { crashRounds } from './rounds.ts'

t.setTimeout(280_000)

t.test('nothing that was confirmed is lost or changed by kill -9, a few times', (t) =>
  crashRounds(t, { rounds: 4, seed: seedFrom(process.env['CRASH_SEED']) }),
)
