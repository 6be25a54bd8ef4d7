/* `npm run test:soak`: what short.test.ts does, for 10 minutes or SOAK_MINUTES; SOAK_SEED repeats one. */
import t from 'tap'
import { seedFrom } from '../support/random.ts'
import { soak } from './soak.ts'

t.setTimeout(0)

t.test('memory and descriptors stay what they were', (t) =>
  soak(t, {
    seconds: 60 * Number(process.env['SOAK_MINUTES'] ?? 10),
    seed: seedFrom(process.env['SOAK_SEED']),
  }),
)
