import type { Page } from 'playwright-core'
import t from 'tap'
import { Browsers, composer, entry, line, shows, skip, startWithPage } from './page-browser.ts'

const browsers = new Browsers()
t.teardown(() => browsers.close())

/** What would run, or load, or lead elsewhere, if any of it were taken for more than text. */
const hostile: readonly string[] = [
  '<script>window.hacked = 1</script>',
  '<img src=x onerror="window.hacked = 1">',
  '<svg onload=window.hacked=1><a xlink:href="javascript:window.hacked=1">x</a></svg>',
  '"><iframe srcdoc="<script>parent.hacked=1</script>">',
  "'-window.hacked=1-'",
  '{{constructor.constructor("window.hacked=1")()}} $' + '{window.hacked=1}',
  'javascript:window.hacked=1 JAVASCRIPT:alert(1) data:text/html,<script>hacked=1</script>',
  'https://good.example@bad.example/ http://[::1 https:// http://a"onmouseover="window.hacked=1"',
  'https://example.org/<script>window.hacked=1</script>?a=<b>#"c"',
  '<a href="https://evil.example/" target=_top>click</a><form action=//evil.example><button>go</button></form>',
  '<style>*{display:none}</style><link rel=stylesheet href=//evil.example/x.css><base href=//evil.example/>',
  '&lt;script&gt; &#60;script&#62; \\u003cscript\\u003e %3Cscript%3E',
]

/** Notes whatever the page's rules for content have refused: then something was tried that should have been text. */
async function watched(page: Page): Promise<void> {
  await page.addInitScript(
    "addEventListener('securitypolicyviolation', (event) => (window.refused ??= []).push(event.violatedDirective + ' ' + event.blockedURI))",
  )
  await page.reload()
  await composer(page).waitFor()
}

t.test('nothing that somebody says, is called or sends is more than text', { skip }, async (t) => {
  const server = await startWithPage(t)
  const page = await browsers.member(t, server, 'anna')
  await watched(page)
  const elsewhere: string[] = []
  page.on('request', (request) => {
    const { host, protocol } = new URL(request.url())
    if (host !== `127.0.0.1:${server.webPort}` && !['data:', 'blob:'].includes(protocol))
      elsewhere.push(request.url())
  })
  const bob = await server.connect()
  bob.send('/format json')
  bob.send('/signup bob')
  bob.send("bob's password")
  bob.send("bob's password")
  await shows(t, page.getByText('bob joined'), 'somebody comes')
  for (const text of hostile) {
    bob.send(JSON.stringify({ say: text }))
    bob.send(JSON.stringify({ say: text, to: 'anna' }))
  }
  bob.send(`/away ${hostile[1]}`)
  bob.send(`/topic ${hostile[0]}`)
  bob.send('/create #evil private')
  bob.send(`/topic #evil ${hostile[2]}`)
  bob.send('/invite #evil anna')
  const name = '<img src=x onerror=hacked=1>.png'
  bob.send(`/filepaste #lobby ${name}`)
  bob.send(Buffer.from(hostile.join('\n')).toString('base64'))
  bob.send('.')
  await shows(t, page.getByRole('link', { name }), 'a file with a hostile name')
  for (const text of hostile)
    t.ok(await line(page, text).filter({ hasText: text }).count(), `it is there as it is: ${text}`)
  await page.locator('.head .topic').hover()
  await entry(page, 'bob').click()
  await shows(t, line(page, hostile.at(-1) ?? ''), 'said to oneself alone')
  await page.locator('.head h1 button').click()
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: /Inbox/ }).click()
  await shows(t, page.getByText('asks you into'), 'an invitation')
  await page.getByRole('button', { name: 'Accept' }).click()
  await shows(t, page.getByText('#evil').first(), 'a channel')
  await page.getByRole('link', { name: 'Search' }).click()
  await page.getByLabel('Words to search for').fill('script')
  await page.keyboard.press('Enter')
  await shows(t, page.getByText(/found\.$/), 'found')
  await page.getByRole('link', { name: 'Files' }).click()
  await shows(t, page.getByRole('link', { name }), 'in the list of files')
  t.equal(await page.evaluate('window.hacked'), undefined, 'nothing ran')
  t.equal(await page.evaluate('window.refused'), undefined, 'nothing had to be refused')
  t.same(elsewhere, [], 'nobody else was asked for anything')
})

t.test('only http and https are links, and they show where they lead', { skip }, async (t) => {
  const server = await startWithPage(t)
  const page = await browsers.member(t, server, 'anna')
  const bob = await server.connect()
  bob.send('/nick bob')
  bob.send('see https://example.org/a?b=c&d, (http://example.org/x_(y)) and javascript:alert(1)')
  bob.send('https://good.example@bad.example/ ftp://example.org file:///etc/passwd')
  await line(page, 'ftp://').waitFor()
  const links = await page
    .getByRole('log')
    .locator('a')
    .evaluateAll((all) =>
      all.map((link) => `${link.getAttribute('href')} ${link.textContent} ${link.getAttribute('rel')}`),
    )
  const rel = 'noopener noreferrer nofollow'
  t.same(links, [
    `https://example.org/a?b=c&d https://example.org/a?b=c&d ${rel}`,
    `http://example.org/x_(y) http://example.org/x_(y) ${rel}`,
  ])
})

t.test('a script in the page itself could write no HTML and load nothing', { skip }, async (t) => {
  const server = await startWithPage(t)
  const page = await browsers.open(t, server)
  await page.getByLabel('Name or number').waitFor()
  page.removeAllListeners('console')
  const tried = (script: string) =>
    page.evaluate(`(async () => { try { ${script}; return 'done' } catch (error) { return error.name } })()`)
  t.equal(await tried("document.body.innerHTML = '<b>x</b>'"), 'TypeError', 'Trusted Types')
  t.equal(await tried("await fetch('https://example.org/')"), 'TypeError', 'no other host')
  t.equal(
    await tried("const s = document.createElement('script'); s.text = 'window.hacked = 1'"),
    'TypeError',
    'no script of text',
  )
  t.equal(await page.evaluate('window.hacked'), undefined)
})
