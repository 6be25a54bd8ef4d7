import t from 'tap'
import { readSince } from '../../server/operator/control/since.ts'

const now = Date.parse('2026-11-20T12:00:00Z')
const hour = 3_600_000

t.test('times', async (t) => {
  const times: [string, string, string | undefined][] = [
    ['2h', 'UTC', '2026-11-20T10:00:00.000Z'],
    ['1d12h', 'Asia/Tokyo', '2026-11-19T00:00:00.000Z'],
    ['2026-11-20', 'UTC', '2026-11-20T00:00:00.000Z'],
    ['2026-11-20', 'Asia/Tokyo', '2026-11-19T15:00:00.000Z'],
    ['2026-11-20 18:00', 'America/New_York', '2026-11-20T23:00:00.000Z'],
    ['2026-11-20T18:00:30', 'Asia/Kolkata', '2026-11-20T12:30:30.000Z'],
    ['2026-11-20T18:00Z', 'Asia/Tokyo', '2026-11-20T18:00:00.000Z'],
    ['2026-11-20T18:00:00.5+01:00', 'Asia/Tokyo', '2026-11-20T17:00:00.500Z'],
    // The clock goes forward at 2, and back at 3.
    ['2026-03-29 01:30', 'Europe/Berlin', '2026-03-29T00:30:00.000Z'],
    ['2026-03-29 04:00', 'Europe/Berlin', '2026-03-29T02:00:00.000Z'],
    ['2026-10-25 04:00', 'Europe/Berlin', '2026-10-25T03:00:00.000Z'],
  ]
  for (const [text, zone, iso] of times) {
    const at = readSince(text, zone, now)
    t.equal(at === undefined ? undefined : new Date(at).toISOString(), iso, `${text} ${zone}`)
  }
  t.equal(readSince('24h', 'UTC', now), now - 24 * hour)
})

t.test('no times', async (t) => {
  for (const text of [
    '',
    '1',
    'foo 1',
    'yesterday',
    '2026',
    '2026-02-30',
    '2026-11-20 24:00',
    '2026-11-20 1:00',
    '2026-11-20T18:00+99:99',
    '-2h',
    '11/20/2026',
  ])
    t.equal(readSince(text, 'UTC', now), undefined, text)
})
