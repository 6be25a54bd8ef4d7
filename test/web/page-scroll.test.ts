import t from 'tap'
import { Browsers, drawn, line, scrollBack, shows, skip, startWithPage } from './page-browser.ts'

const browsers = new Browsers()
t.teardown(() => browsers.close())

/** More rows than this are never drawn: 240 messages, days, and what stands between them. */
const mostRows = 330

t.test(
  'ten thousand messages, back to the first and forth to the last',
  { skip, timeout: 280_000 },
  async (t) => {
    const server = await startWithPage(t)
    const bob = await server.connect()
    bob.send('/nick bob')
    // Several lines in a message would be less work, and no proof.
    for (let message = 0; message < 10_000; message++) bob.send(`message ${message}`)
    bob.send('/ping all')
    await server.activity.until(() => bob.lines.some((text) => text.includes('all')))
    const page = await browsers.member(t, server, 'anna')
    await shows(t, line(page, 'message 9999'), 'the last is shown first')
    const log = page.getByRole('log')
    const rows = () => log.locator('.log-content > *').count()
    t.ok((await rows()) < mostRows)
    let most = 0
    const begin = page.getByText('This is the beginning of #lobby')
    await scrollBack(page, async () => {
      most = Math.max(most, await rows())
    })
    await shows(t, begin, 'back to the beginning')
    await shows(t, line(page, /^B?.*message 0$/), 'the first of all')
    t.ok(most < mostRows, `at most ${most} rows are drawn`)
    await page.getByRole('button', { name: /To the end/ }).click()
    await shows(t, line(page, 'message 9999'), 'and to the end at once')
    bob.send('one more')
    await shows(t, line(page, 'one more'), 'where it goes along with what is said')
    t.ok((await rows()) < mostRows)
  },
)

t.test('what one reads stays where it is when something comes above or below', { skip }, async (t) => {
  const server = await startWithPage(t)
  const bob = await server.connect()
  bob.send('/nick bob')
  for (let message = 0; message < 400; message++) bob.send(`message ${message}`)
  bob.send('/ping all')
  await server.activity.until(() => bob.lines.some((text) => text.includes('all')))
  const page = await browsers.member(t, server, 'anna')
  await line(page, 'message 399').waitFor()
  const log = page.getByRole('log')
  await log.hover()
  await page.mouse.wheel(0, -1500)
  await page.getByRole('button', { name: /To the end/ }).waitFor()
  const top = async (text: string) => (await line(page, text).first().boundingBox())?.y
  // The wheel is turned in another thread than that which draws: the page comes to rest behind it.
  let before: number | undefined
  for (let at = await top('message 370'); at !== before; at = await top('message 370')) {
    before = at
    await drawn(page)
  }
  for (let message = 0; message < 20; message++) bob.send(`later ${message}`)
  await shows(t, page.getByRole('button', { name: /To the end, 20 new/ }), 'it says what has come')
  t.equal(await top('message 370'), before, 'and nothing has moved')
})
