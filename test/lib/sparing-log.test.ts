import t from 'tap'
import { StoreUnavailable } from '../../server/chat/ports/store-errors.ts'
import type { Log } from '../../server/log/log.ts'
import { sparingLog } from '../../server/log/sparing-log.ts'
import { ManualClock } from '../support/clock.ts'

/** A log that keeps what it is told. */
function recorded(): { log: Log; lines: { level: string; message: string; again?: number }[] } {
  const lines: { level: string; message: string; again?: number }[] = []
  const keep = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, message, ...('again' in fields ? { again: Number(fields.again) } : {}) })
  return {
    lines,
    log: { debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') },
  }
}

const full = () =>
  new StoreUnavailable('The store cannot do this now', {
    cause: Object.assign(new Error('SQLITE_FULL: database or disk is full'), { code: 'SQLITE_FULL' }),
  })
const minute = 60_000

t.test('an error that comes again and again is told once a minute, with its number', async (t) => {
  const clock = new ManualClock()
  const { lines, log } = recorded()
  const sparing = sparingLog(log, clock)
  for (let time = 0; time < 8000; time++)
    sparing.error({ err: full(), command: `say${time}` }, 'command failed')
  t.same(lines, [{ level: 'error', message: 'command failed' }])
  clock.advance(minute)
  t.same(lines.splice(0), [
    { level: 'error', message: 'command failed' },
    { level: 'error', message: 'command failed', again: 7999 },
  ])
  clock.advance(minute)
  t.same(lines, [], 'nothing came, so nothing is told')
  sparing.error({ err: full() }, 'command failed')
  t.same(
    lines.splice(0),
    [{ level: 'error', message: 'command failed' }],
    'and what comes later is told at once',
  )
})

t.test('another error, another message and another cause are told at once', async (t) => {
  const { lines, log } = recorded()
  const sparing = sparingLog(log, new ManualClock())
  sparing.error({ err: full() }, 'command failed')
  sparing.error({ err: full() }, 'seen not stored')
  sparing.error({ err: new TypeError('x is undefined') }, 'command failed')
  sparing.error({ err: new TypeError('y is undefined') }, 'command failed')
  sparing.error({ err: new StoreUnavailable('The store cannot do this now') }, 'command failed')
  sparing.warn({ detail: 'one' }, 'database library')
  sparing.warn({ detail: 'one' }, 'database library')
  sparing.warn({ detail: 'two' }, 'database library')
  t.equal(lines.length, 7)
})

t.test('what is no error is told each time: fail2ban counts it', async (t) => {
  const { lines, log } = recorded()
  const sparing = sparingLog(log, new ManualClock())
  for (let time = 0; time < 50; time++) {
    sparing.warn({ address: '192.0.2.1', command: 'login' }, 'login failed')
    sparing.info({ address: '192.0.2.1', account: 1, user: 'anna' }, 'login')
  }
  t.equal(lines.length, 100)
})

t.test('what anybody causes for nothing is counted by address from the 21st in a minute on', async (t) => {
  const clock = new ManualClock()
  const { lines, log } = recorded()
  const sparing = sparingLog(log, clock)
  const flood = ['connected', 'no TLS came of it', 'disconnected'] as const
  for (let time = 0; time < 2800; time++) {
    for (const message of flood) sparing.info({ address: '192.0.2.1' }, message)
    sparing.warn({ address: '192.0.2.1' }, 'transfer refused')
  }
  t.equal(lines.splice(0).length, 4 * 20)
  sparing.info({ address: '192.0.2.2' }, 'connected')
  t.same(lines.splice(0), [{ level: 'info', message: 'connected' }], 'another address is told as ever')
  clock.advance(minute)
  t.same(lines.splice(0), [
    { level: 'info', message: 'connected', again: 2780 },
    { level: 'info', message: 'no TLS came of it', again: 2780 },
    { level: 'info', message: 'disconnected', again: 2780 },
    { level: 'warn', message: 'transfer refused', again: 2780 },
  ])
  clock.advance(minute)
  sparing.info({ address: '192.0.2.1' }, 'connected')
  t.same(lines, [{ level: 'info', message: 'connected' }], 'it is over')
})

t.test('as many addresses as somebody likes fill neither the log nor the memory', async (t) => {
  const { lines, log } = recorded()
  const clock = new ManualClock()
  const sparing = sparingLog(log, clock)
  for (let time = 0; time < 50_000; time++)
    sparing.info({ address: `2001:db8::${time.toString(16)}` }, 'connected')
  t.equal(lines.length, 1000 + 20)
  clock.advance(minute)
  t.equal(lines.length, 1000 + 20 + 1)
})

t.test('errors without end do not fill the memory', async (t) => {
  const { lines, log } = recorded()
  const clock = new ManualClock()
  const sparing = sparingLog(log, clock)
  for (let time = 0; time < 3000; time++)
    sparing.error({ err: new Error(`number ${time}`) }, 'command failed')
  t.equal(lines.length, 3000)
  clock.advance(minute)
  t.equal(lines.length, 3000)
})
