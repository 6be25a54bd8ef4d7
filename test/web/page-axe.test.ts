import axe from 'axe-core'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { Browsers, entry, line, passwordOf, say, skip, startWithPage } from './page-browser.ts'

const browsers = new Browsers()
t.teardown(() => browsers.close())

/** What a tool finds that looks for what people with a screen reader, or without a mouse, cannot use. */
async function isUsable(t: Test, page: Page, screen: string): Promise<void> {
  // The script is that of the test, which the page itself would refuse: it is run from outside.
  await page.evaluate(axe.source)
  const found =
    (await page.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 120)).slice(0, 3).join(' | ')))`)) as string[]
  t.same(found, [], screen)
}

for (const colorScheme of ['light', 'dark'] as const)
  t.test(`each screen, ${colorScheme}: no serious finding of axe`, { skip }, async (t) => {
    const server = await startWithPage(t)
    await server.makeOperator('root', passwordOf('root'))
    const front = await browsers.open(t, server, { colorScheme })
    for (const way of ['sign-in', 'sign-up', 'guest', 'recover']) {
      await front.goto(`/#/${way}`)
      await front.locator('form').waitFor()
      await isUsable(t, front, way)
    }
    const bob = await server.connect()
    bob.send('/nick bob')
    for (const name of ['dora', 'emil', 'fred']) {
      const other = await server.connect()
      other.send(`/nick ${name}`)
      other.send(`hello, I am ${name}, see https://example.org`)
    }
    const page = await browsers.member(t, server, 'anna', { colorScheme })
    bob.send('hello @anna, see https://example.org and #lobby')
    bob.send('/msg anna psst')
    await line(page, 'hello @anna').waitFor()
    await say(page, '/whois bob')
    await page.locator('.note.answer').waitFor()
    await say(page, '/channels')
    await page.locator('.note.answer table').waitFor()
    await isUsable(t, page, 'a room')
    await page.locator('.members').getByRole('button', { name: /bob/ }).click()
    await page.getByRole('dialog').getByText('Presence').waitFor()
    await isUsable(t, page, 'somebody')
    await page.keyboard.press('Escape')
    await page.locator('.head h1 button').click()
    await isUsable(t, page, 'a channel')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog').getByText('Go to').waitFor()
    await page.keyboard.type('lob')
    await isUsable(t, page, 'where to')
    await page.keyboard.press('Escape')
    await entry(page, '~bob').click()
    await line(page, 'psst').waitFor()
    await isUsable(t, page, 'a talk')
    for (const screen of ['inbox', 'search?for=hello', 'channels', 'new', 'people', 'files', 'settings']) {
      await page.goto(`/#/${screen}`)
      await page.locator('.screen').waitFor()
      await isUsable(t, page, screen)
    }
    await page.setViewportSize({ width: 360, height: 740 })
    await page.goto('/#/talk/%23lobby')
    await line(page, 'hello @anna').waitFor()
    t.notOk(
      await page.evaluate('document.documentElement.scrollWidth > innerWidth'),
      'nothing is wider than a phone',
    )
    await isUsable(t, page, 'a room on a phone')
  })
