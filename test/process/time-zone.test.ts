import t from 'tap'
import { connectMember, connectPerson } from './person.ts'
import { quickSettings, startServer } from './server.ts'

t.setTimeout(280_000)

const password = 'good-enough'

t.test('a machine in another time zone shows the same moments', async (t) => {
  const first = await startServer(t, { settings: quickSettings, env: { TZ: 'Pacific/Kiritimati' } })
  const anna = await connectMember(t, first.port, 'anna', password)
  anna.type('hello from the east', '/format json', '/history #lobby')
  const [, said = ''] = await anna.expect(/"at":"([^"]+)","from":"anna"/)
  t.match(said, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  anna.type('/format text', '/history #lobby')
  const [, east = ''] = await anna.expect(/\[([^\]]+)\] #lobby <anna> hello/)
  first.child.kill('SIGTERM')
  await first.exit

  const { data } = first
  const second = await startServer(t, { settings: quickSettings, data, env: { TZ: 'America/St_Johns' } })
  const again = await connectPerson(t, second.port, { lines: [`/login anna ${password}`] })
  await again.expect('Welcome back')
  again.type('/history #lobby', '/ping shown')
  const [, west = ''] = await again.expect(/\[([^\]]+)\] #lobby <anna> hello/)
  await again.expect('shown')
  again.type('/format json', '/history #lobby')
  const [, stored = ''] = await again.expect(/"at":"([^"]+)","from":"anna"/)
  t.equal(stored, said)
  t.equal(east, shownIn('Pacific/Kiritimati', said))
  t.equal(west, shownIn('America/St_Johns', said))
  t.not(west, east)
})

/** What lists show of a moment. */
function shownIn(timeZone: string, iso: string): string {
  const style = { dateStyle: 'short', timeStyle: 'short', timeZone } as const
  return new Intl.DateTimeFormat('sv', style).format(new Date(iso))
}

t.test('an environment in which nothing is as expected', async (t) => {
  // A zone that Intl answers and refuses, a locale that is none, no home and no place for temporary files.
  const env = { TZ: '', LANG: '@', LC_ALL: 'xx_YY.UTF-8@nonsense', HOME: '', TMPDIR: '/nowhere/at/all' }
  const server = await startServer(t, { settings: quickSettings, env })
  const anna = await connectMember(t, server.port, 'anna', password)
  anna.type('/time')
  await anna.expect('(UTC), 24-hour clock')
  t.match(server.stdout.text, /"level":40[^\n]*"msg":"time zone of the machine is unknown/)
  server.child.kill('SIGTERM')
  t.strictSame(await server.exit, { code: 0, signal: null })
})
