import type { Page } from 'playwright-core'
import t from 'tap'
import { Browsers, goes, line, shows, signUp, skip, startWithPage } from './page-browser.ts'
import { Wire } from './wire.ts'

const browsers = new Browsers()
t.teardown(() => browsers.close())

/** The numbers and texts of what is drawn, from the top down. */
async function drawn(page: Page): Promise<readonly (readonly [number, string])[]> {
  return (await page.evaluate(`[...document.querySelectorAll('.log .message[data-key]')].map((row) =>
    [Number(row.dataset.key), row.querySelector('.text').textContent])`)) as [number, string][]
}

t.test('a hundred cuts while a thousand messages come: each once, in order', { skip }, async (t) => {
  const server = await startWithPage(t)
  const wire = await Wire.before(t, server)
  const anna = await browsers.open(t, server, { baseURL: `http://127.0.0.1:${wire.port}` })
  await signUp(anna, 'anna')
  const bob = await server.connect()
  bob.send('/format json')
  bob.send('/nick bob')
  await shows(t, anna.getByText('~bob joined'), 'it goes through the wire')
  const expected: string[] = []
  // In the greeting, in what is asked at coming back, in the middle of what comes.
  for (let cut = 0; cut < 100; cut++) wire.cutsDown.push(200 + ((cut * 379) % 9000))
  const again = () => anna.evaluate("void dispatchEvent(new Event('online'))").catch(() => undefined)
  wire.cut()
  for (let cut = 0; cut < 100; cut++) {
    for (let at = 0; at < 10; at++) {
      const text = `line ${cut * 10 + at}`
      expected.push(text)
      bob.send(text)
    }
    const before = wire.cuts
    // The network is said to be back, as a browser does: it does not wait then.
    for (let tries = 0; tries < 50 && wire.cuts === before; tries++) {
      await again()
      await server.activity.until(() => wire.cuts > before, 40)
    }
  }
  wire.cutsDown.splice(0)
  wire.cut()
  await again()
  await shows(t, line(anna, /^.*line 999$/), 'the last of them')
  await goes(t, anna.locator('.link-line'), 'and the connection holds')
  t.ok(wire.cuts >= 90, `cut ${wire.cuts} times`)
  const seen = new Map<number, string>()
  for (let step = 0; step < 50 && seen.size < expected.length; step++) {
    const rows = await drawn(anna)
    if (rows.length === 0 || rows.length > 330) t.fail(`${rows.length} rows are drawn`)
    const order = rows.every(([id], at) => at === 0 || id > (rows[at - 1]?.[0] ?? 0))
    if (!order) t.fail('rows are out of order', { rows })
    for (const [id, text] of rows) seen.set(id, text)
    const first = rows[0]?.[0] ?? 0
    await anna.evaluate("document.querySelector('.log').scrollTop = 0")
    // What is above comes when it has been asked for.
    for (let tries = 0; tries < 500 && (await drawn(anna))[0]?.[0] === first; tries++)
      await server.activity.until(() => false, 10)
  }
  const texts = [...seen].sort(([a], [b]) => a - b).map(([, text]) => text)
  t.same(texts, expected)
})
