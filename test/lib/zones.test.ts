import t from 'tap'
import {
  isZone,
  likelyZone,
  machineZone,
  startOfDay,
  ZoneFormat,
  zoneName,
  zoneOf,
} from '../../server/lib/zones.ts'

/** What TZ may be, and the zone that it is; undefined where it is none. */
const environments: readonly [TZ: string, zone: string | undefined][] = [
  ['Europe/Berlin', 'Europe/Berlin'],
  ['Asia/Kolkata', 'Asia/Kolkata'],
  ['Asia/Calcutta', 'Asia/Calcutta'],
  [':Europe/Kyiv', 'Europe/Kyiv'],
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

const dayMs = 86_400_000

t.test('a day begins with its first moment, wherever the clock is changed that day', async (t) => {
  // Clocks that go forward or back at midnight, or just after it, or leave out a day: two years have all of it.
  const zones = [
    'UTC',
    'Europe/Berlin',
    'America/Sao_Paulo',
    'America/Havana',
    'America/Santiago',
    'America/Asuncion',
    'America/St_Johns',
    'Atlantic/Azores',
    'Asia/Amman',
    'Asia/Beirut',
    'Pacific/Apia',
    'Pacific/Kiritimati',
    'Etc/GMT+12',
    'Australia/Lord_Howe',
  ]
  for (const zone of zones) {
    const days = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short' })
    const wrong: string[] = []
    for (let noon = Date.UTC(2011, 0, 1, 12); noon < Date.UTC(2013, 0, 1); noon += dayMs) {
      const day = new Date(noon).toISOString().slice(0, 10)
      const at = startOfDay(day, zone) ?? Number.NaN
      if (!(days.format(at) >= day && days.format(at - 1) < day)) wrong.push(`${day}: ${at}`)
    }
    t.same(wrong, [], zone)
  }
})

t.test('what is no day, or one of which no zone is known, is none', async (t) => {
  for (const day of [
    '0000-01-01',
    '0001-01-01',
    '1969-12-31',
    '3000-01-01',
    '9999-12-31',
    '275760-09-13',
    '-000001-01-01',
    '-1',
    '2026-02-30',
    '2026-13-01',
    '2026-1-1',
    '',
  ])
    for (const zone of ['UTC', 'Europe/Berlin', 'Pacific/Kiritimati', 'Etc/GMT+12'])
      t.equal(startOfDay(day, zone), undefined, `${day} in ${zone}`)
  for (const day of ['1970-01-01', '2999-12-31'])
    for (const zone of ['UTC', 'Pacific/Kiritimati', 'Etc/GMT+12'])
      t.equal(typeof startOfDay(day, zone), 'number', `${day} in ${zone}`)
})

t.test('days are counted as they are met, by the midnights of the zone', async (t) => {
  const at = (time: string) => Date.parse(time)
  for (const [zone, before, after] of [
    ['UTC', '2026-11-20T23:59:59.999Z', '2026-11-21T00:00:00Z'],
    ['Asia/Tokyo', '2026-11-20T14:59:59.999Z', '2026-11-20T15:00:00Z'],
    // The clock is put forward at midnight.
    ['America/Santiago', '2026-09-06T03:59:59.999Z', '2026-09-06T04:00:00Z'],
    ['America/Havana', '2026-03-08T04:59:59.999Z', '2026-03-08T05:00:00Z'],
    ['Atlantic/Azores', '2026-03-29T00:59:59.999Z', '2026-03-29T01:00:00Z'],
    ['Asia/Beirut', '2026-03-28T21:59:59.999Z', '2026-03-28T22:00:00Z'],
    ['America/Asuncion', '2023-10-01T03:59:59.999Z', '2023-10-01T04:00:00Z'],
    // 30 December was left out.
    ['Pacific/Apia', '2011-12-30T09:59:59.999Z', '2011-12-30T10:00:00Z'],
    ['Asia/Kathmandu', '2026-11-20T18:14:59.999Z', '2026-11-20T18:15:00Z'],
  ] as const) {
    const times = new ZoneFormat(zone, '24')
    const first = times.dayOf(at(before) - 3_600_000)
    t.equal(times.dayOf(at(before)), first, zone)
    t.equal(times.dayOf(at(after)), first + 1, zone)
    t.equal(times.dayOf(at(before)), first + 1, 'a time of the day before counts for nothing')
    t.equal(times.dayOf(at(after) + 10 * 86_400_000), first + 2, 'days on which it is not asked do not count')
    t.equal(times.day, first + 2)
  }
  t.equal(new ZoneFormat('UTC', '24').dayOf(Number.NaN), 0)
})

t.test(
  'until when something lasts: without the day if it is today, to the second if it is soon',
  async (t) => {
    const now = Date.parse('2026-11-20T18:00:10Z')
    const times = new ZoneFormat('UTC', '24')
    const shown = (ms: number) => times.until(now + ms, now)
    t.equal(shown(20_000), '18:00:30')
    t.equal(shown(590_000), '18:10')
    t.equal(shown(600_000), '18:11', 'it is over then')
    t.equal(shown(3_600_000), '19:01')
    t.equal(shown(6 * 3_600_000), '2026-11-21 00:01')
    t.equal(new ZoneFormat('Asia/Tokyo', '12').until(now + 3_600_000, now), '4:01 AM')
    t.equal(new ZoneFormat('UTC', '12').until(now + 20_000, now), '6:00:30 PM')
  },
)

t.test('a zone keeps the name that somebody has typed, and only its case is mended', async (t) => {
  for (const name of [
    ...Intl.supportedValuesOf('timeZone'),
    // Names that Node resolves to others, depending on its version.
    ...'Asia/Kolkata Asia/Calcutta Europe/Kyiv Europe/Kiev Asia/Ho_Chi_Minh Asia/Saigon America/Argentina/Buenos_Aires'.split(
      ' ',
    ),
    ...'America/Buenos_Aires US/Eastern GB GB-Eire NZ NZ-CHAT PRC ROK W-SU GMT Etc/GMT Etc/UCT UTC Zulu EST5EDT MET'.split(
      ' ',
    ),
    ...'Brazil/DeNoronha Mexico/BajaSur Chile/EasterIsland Australia/LHI Australia/NSW America/Knox_IN'.split(
      ' ',
    ),
    ...'America/Argentina/ComodRivadavia Antarctica/McMurdo Antarctica/DumontDUrville Atlantic/Faeroe Asia/Katmandu'.split(
      ' ',
    ),
    ...'America/Port-au-Prince Africa/Dar_es_Salaam America/Port_of_Spain Etc/GMT+5 Atlantic/Jan_Mayen'.split(
      ' ',
    ),
  ]) {
    if (!isZone(name)) continue
    for (const typed of [name, name.toLowerCase(), name.toUpperCase()]) t.equal(zoneName(typed), name, typed)
  }
})

t.test('who types a place, hours or a slip is told which zone that may be', async (t) => {
  const meant: readonly [typed: string, zone: string | undefined][] = [
    ['Havana', 'America/Havana'],
    ['kolkata', 'Asia/Kolkata'],
    ['Kyiv', 'Europe/Kyiv'],
    ['New York', 'America/New_York'],
    ['new_york', 'America/New_York'],
    ['azores', 'Atlantic/Azores'],
    ['berln', 'Europe/Berlin'],
    ['Europe/Berln', 'Europe/Berlin'],
    ['Ushuaia', 'America/Argentina/Ushuaia'],
    ['+02:00', 'Etc/GMT-2'],
    ['UTC+2', 'Etc/GMT-2'],
    ['gmt-11', 'Etc/GMT+11'],
    ['-03', 'Etc/GMT+3'],
    ['+05:30', undefined],
    ['UTC+99', undefined],
    ['13', undefined],
    ['Middle/Earth', undefined],
    ['', undefined],
    ['/'.repeat(4000), undefined],
    ['a '.repeat(2000), undefined],
  ]
  for (const [typed, zone] of meant) t.equal(likelyZone(typed), zone, typed.slice(0, 20))
})
