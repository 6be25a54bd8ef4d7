import t from 'tap'
import { Incidents } from '../../server/chat/safety/incidents.ts'
import type { DiskSpace } from '../../server/lib/disk-space.ts'
import { Occurrences } from '../../server/lib/occurrences.ts'
import { countedLog } from '../../server/log/counted-log.ts'
import { ManualClock } from '../support/clock.ts'
import { World } from '../support/world.ts'

const roomy: DiskSpace = { free: 50_000_000_000, total: 100_000_000_000, database: 1 }

async function scene(space: () => Promise<DiskSpace> = async () => roomy) {
  const world = await World.load()
  const root = await world.account('root')
  const { clock } = world
  const lines: string[] = []
  const write = (level: string) => (_: object, message: string) => lines.push(`${level} ${message}`)
  const levels = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
  const { log, logged } = countedLog(levels, clock)
  clock.advance(1)
  return { world, root, clock, lines, log, incidents: new Incidents({ ...world, space, logged }) }
}

t.test('an operator is told what happened since the last time, and nothing if nothing did', async (t) => {
  const { clock, lines, log, root, incidents, world } = await scene()
  t.equal(await incidents.reportFor(root), undefined)
  const since = clock.now()
  clock.advance(1)
  for (const name of ['admin', 'root', 'admin', 'anna', 'bob']) incidents.failedLogin(name, '192.0.2.7')
  incidents.failedLogin('admin', undefined)
  log.debug({}, 'something')
  log.info({}, 'something')
  log.warn({}, 'login failed')
  log.warn({}, 'server full')
  log.error({}, 'command failed')
  log.error({}, 'command failed')
  t.equal(lines.length, 6, 'all of it is in the log')
  const report = await incidents.reportFor(root)
  t.same(report, {
    since,
    failedLogins: {
      names: {
        count: 6,
        more: false,
        most: [
          { of: 'admin', count: 3 },
          { of: 'anna', count: 1 },
          { of: 'bob', count: 1 },
        ],
      },
      addresses: {
        count: 6,
        more: false,
        most: [
          { of: '192.0.2.7', count: 5 },
          { of: 'localhost', count: 1 },
        ],
      },
    },
    bans: [],
    errors: { count: 2, more: false, most: [{ of: 'command failed', count: 2 }] },
    warnings: { count: 1, more: false, most: [{ of: 'server full', count: 1 }] },
    disk: roomy,
    certificates: [],
  })
  clock.advance(1)
  t.equal(await incidents.reportFor(root), undefined, 'it is told once')
  const olga = await world.account('olga')
  olga.seenAt = since
  t.same(await incidents.reportFor(olga), report, 'to each operator')
})

t.test('bans of others are told while they last', async (t) => {
  const { clock, root, incidents, world } = await scene()
  const olga = await world.account('olga')
  await world.addressBans.ban(root, '192.0.2.1', undefined, undefined)
  await world.addressBans.ban(olga, '192.0.2.2', 1000, undefined)
  await world.addressBans.ban(olga, '192.0.2.0/28', undefined, undefined)
  const at = clock.now()
  clock.advance(1000)
  t.match(await incidents.reportFor(root), { bans: [{ cidr: '192.0.2.0/28', by: 'olga', at }] })
})

t.test('a disk that is nearly full is told by itself; one that cannot be asked is no incident', async (t) => {
  for (const [free, told] of [
    [6_000_000_000, false],
    [4_999_999_999, true],
  ] as const) {
    const { root, incidents } = await scene(async () => ({ ...roomy, free }))
    t.equal((await incidents.reportFor(root)) !== undefined, told, `${free} of 100 GB`)
  }
  const { root, incidents } = await scene(async () => ({ ...roomy, free: 900_000_000, total: 2_000_000_000 }))
  t.match(await incidents.reportFor(root), { disk: { free: 900_000_000 } })
  const other = await scene(() => Promise.reject(new Error('gone')))
  t.equal(await other.incidents.reportFor(other.root), undefined)
})

t.test('of very much the newest is remembered, and that there was more', async (t) => {
  const clock = new ManualClock()
  const all = new Occurrences(clock, 10)
  const start = clock.now()
  for (let index = 0; index < 25; index++) {
    clock.advance(1)
    all.add(index < 19 ? 'early' : 'late')
  }
  const { count, more, most } = all.since(start, 1)
  t.ok(count <= 10)
  t.equal(more, true)
  t.match(most, [{ of: 'late', count: 6 }])
  t.match(all.since(start + 20, 2), { count: 5, more: false })
})
