import t from 'tap'
import { seedFrom } from '../support/random.ts'
import { soak } from './soak.ts'

t.setTimeout(280_000)

t.test('memory and descriptors stay what they were, for half a minute', (t) =>
  soak(t, { seconds: 30, seed: seedFrom(process.env['SOAK_SEED']) }),
)
