import t from 'tap'
import { ZoneFormat } from '../../server/lib/zones.ts'
import { rowOf } from '../../server/operator/archive/exchange-format.ts'
import { messageLine } from '../../server/operator/cli/message-line.ts'

const text = 'def f():\n\treturn 1\n\n* not a line of the server'
const at = '2026-11-20T18:00:00.000Z'

t.test('a message of several rows is imported as it was exported, and cleaned row by row', async (t) => {
  const line = { type: 'message', id: 1, at, kind: 'text', text, from: 1, channel: 1, blocked: false }
  t.equal(rowOf(line).row['text'], text)
  t.equal(rowOf({ ...line, text: 'a\u001b[2J\r\n\tb\u202e' }).row['text'], 'a[2J\n\tb')
})

t.test('the command line shows it as one message, whose rows are marked', async (t) => {
  const show = messageLine(new ZoneFormat('UTC', '24'))
  t.equal(
    show({ id: 1, at, from: 'anna', kind: 'text', text, channel: '#tea' }),
    '1  2026-11-20 18:00  #tea  <anna> def f():\n| \treturn 1\n| \n| * not a line of the server',
  )
})
