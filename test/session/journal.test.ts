import t from 'tap'
import { Counts } from '../../server/chat/machine/counts.ts'
import type { Reply } from '../../server/chat/model/replies.ts'
import { Journal } from '../../server/session/journal.ts'

function begin() {
  const lines: [string, object, string][] = []
  const write = (level: string) => (fields: object, message: string) =>
    void lines.push([level, fields, message])
  const log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
  const counts = new Counts()
  let named = 0
  const identity = { lastName: '~sam', named: () => void named++ }
  const journal = new Journal({ counts, log }, { address: '192.0.2.7', number: 3 }, identity)
  return { counts, journal, lines, named: () => named }
}

t.test('who comes is counted and written down, by the name that they have got', async (t) => {
  const { counts, journal, lines, named } = begin()
  journal.replied({ code: 'welcome-guest' } as Reply)
  t.equal(named(), 1)
  t.equal(counts.arrivals.of('guest'), 1)
  t.same(lines, [['info', { address: '192.0.2.7', connection: 3, user: '~sam' }, 'nick']])
  journal.replied({ code: 'pong', text: '' })
  t.equal(lines.length, 1)
})

t.test('who guesses or comes too often is written down, and what is wrong here with its error', async (t) => {
  const { counts, journal, lines } = begin()
  const error = new Error('x')
  journal.failed({ code: 'bad-login' }, 'login', error)
  journal.refused({ code: 'try-later', what: 'signup' }, 'signup')
  journal.refused({ code: 'try-later', seconds: 3 }, 'login')
  journal.refused({ code: 'try-later' }, 'login')
  journal.failed({ code: 'internal' }, 'who', error)
  journal.failed({ code: 'no-target' }, 'say', error)
  journal.tooSlow()
  t.same(
    lines.map(([level, , message]) => `${level} ${message}`),
    [
      'warn login failed',
      'warn sign-up has to wait',
      'warn login has to wait',
      'error command failed',
      'warn reader too slow, connection closed',
    ],
  )
  t.equal(counts.failures.of('bad-login'), 1)
  t.equal(counts.failures.of('no-target'), 1)
  t.equal(counts.slowReaders, 1)
})
