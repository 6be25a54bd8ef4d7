import t from 'tap'
import { parseDuration } from '../../server/lib/durations.ts'
import { isoTime, isTime, nearestTime } from '../../server/lib/times.ts'
import { ZoneFormat } from '../../server/lib/zones.ts'

const day = 86_400_000

t.test('durations end at ten years', async (t) => {
  t.equal(parseDuration('1h30m'), 5_400_000)
  for (const text of ['10m', '10min', '10mins', '10minutes', '600Seconds', '9m60s'])
    t.equal(parseDuration(text), 600_000, text)
  for (const text of ['1w', '1week', '7days', '168hours', '168hrs'])
    t.equal(parseDuration(text), 7 * day, text)
  for (const text of ['10', '10mi', '10month', 'min', '10 min', '-1m'])
    t.equal(parseDuration(text), undefined, text)
  t.equal(parseDuration('3650d'), 3650 * day)
  t.equal(parseDuration('521w'), 521 * 7 * day)
  for (const text of ['3651d', '522w', '999999w', '999999w'.repeat(15), '9'.repeat(7), '0s', '1h-', ''])
    t.equal(parseDuration(text), undefined, text)
})

t.test('times are those of the years 1970 to 9999', async (t) => {
  const latest = Date.parse('9999-12-31T23:59:59.999Z')
  t.ok([0, 1, Date.now(), latest].every(isTime))
  const strange = [-1, latest + 1, 8.64e15, 8.64e15 + 1, 9e18, Number.MAX_VALUE, -9e15, Number.NaN]
  for (const at of [...strange, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    t.notOk(isTime(at), String(at))
    t.ok(isTime(nearestTime(at)), String(at))
    t.match(isoTime(at), /^(1970-01-01T00:00:00\.000|9999-12-31T23:59:59\.999)Z$/, String(at))
    for (const zone of ['UTC', 'Asia/Kolkata', 'Pacific/Kiritimati'])
      t.doesNotThrow(() => new ZoneFormat(zone, '12').dateTime(at), `${at} ${zone}`)
  }
  t.equal(isoTime(latest), '9999-12-31T23:59:59.999Z')
})
