import t from 'tap'
import { isZone, machineZone, ZoneFormat, zoneOf } from '../../server/lib/zones.ts'

/** What TZ may be, and the zone that it is; undefined where it is none. */
const environments: readonly [TZ: string, zone: string | undefined][] = [
  ['Europe/Berlin', 'Europe/Berlin'],
  [':Pacific/Kiritimati', 'Pacific/Kiritimati'],
  [':/usr/share/zoneinfo/Pacific/Kiritimati', 'Pacific/Kiritimati'],
  ['/usr/share/zoneinfo/Pacific/Kiritimati', 'Pacific/Kiritimati'],
  ['', undefined],
  ['Etc/Unknown', undefined],
  ['GMT-1', undefined],
  ['nonsense', undefined],
  [' ', undefined],
  ['/nowhere/zoneinfo/Europe/Berlin', undefined],
  [':/etc/passwd', undefined],
]

t.test('a zone is one that Node knows, or none', async (t) => {
  const before = process.env['TZ']
  t.teardown(() => {
    if (before === undefined) delete process.env['TZ']
    else process.env['TZ'] = before
  })
  for (const [TZ, zone] of environments) {
    process.env['TZ'] = TZ
    const found = machineZone()
    // Later versions of Node know offsets.
    if (zone === undefined) t.ok(found === undefined || isZone(found), JSON.stringify(TZ))
    else t.equal(found, zone, TZ)
  }
})

t.test('times are shown in the zone of this process, whatever that is', async (t) => {
  const format = new ZoneFormat(zoneOf(''), '24')
  t.match(format.dateTime(0), /^19(69-12-31|70-01-01) \d\d:\d\d$/)
  for (const at of [Number.NaN, Number.POSITIVE_INFINITY, 9e15])
    t.equal(format.dateTime(at), '????-??-?? ??:??')
})
