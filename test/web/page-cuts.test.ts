import t from 'tap'
import { Browsers, goes, line, scrollBack, shows, signUp, skip, startWithPage } from './page-browser.ts'
import { Wire } from './wire.ts'

const browsers = new Browsers()
t.teardown(() => browsers.close())

/** Notes in the page all that is drawn from now on, however quickly the window moves; and what is wrong with it. */
const noting = `(() => {
  const content = document.querySelector('.log-content')
  window.noted = { seen: new Map(), faults: [] }
  const look = () => {
    const rows = [...content.querySelectorAll('.message[data-key]')]
      .map((row) => [Number(row.dataset.key), row.querySelector('.text').textContent])
    if (rows.length > 330) window.noted.faults.push(rows.length + ' rows are drawn')
    for (const [at, [id, text]] of rows.entries()) {
      if (at > 0 && id <= rows[at - 1][0]) window.noted.faults.push(id + ' is out of order')
      window.noted.seen.set(id, text)
    }
  }
  new MutationObserver(look).observe(content, { childList: true, subtree: true, characterData: true })
  look()
})()`

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
    for (let tries = 0; tries < 5 && wire.cuts === before; tries++) {
      await again()
      await server.activity.until(() => wire.cuts > before, 40)
    }
    // Coming back takes fewer bytes than that, or longer.
    if (wire.cuts === before) wire.cut()
  }
  wire.cutsDown.splice(0)
  wire.cut()
  await again()
  await shows(t, line(anna, /^.*line 999$/), 'the last of them')
  await goes(t, anna.locator('.link-line'), 'and the connection holds')
  t.ok(wire.cuts >= 100, `cut ${wire.cuts} times`)
  await anna.evaluate(noting)
  await scrollBack(anna)
  await shows(t, anna.getByText('This is the beginning of #lobby'), 'back to the first')
  const { faults, seen } = (await anna.evaluate(
    '({ faults: window.noted.faults, seen: [...window.noted.seen] })',
  )) as { faults: string[]; seen: [number, string][] }
  t.same(faults, [])
  const texts = seen.sort(([a], [b]) => a - b).map(([, text]) => text)
  t.same(texts, expected)
})
