import type { Page } from 'playwright-core'
import t from 'tap'
import { Browsers, entry, goes, line, shows, signUp, skip, startWithPage, titled } from './page-browser.ts'

const browsers = new Browsers()
t.teardown(() => browsers.close())

interface Shown {
  readonly title: string
  readonly body: string
  readonly tag: string
  readonly closed: boolean
}

/**
 * Notes what the page gives to the system, and lets the test say whether somebody looks at the page. A browser without a window
 * allows no notifications, whatever it is told.
 */
const noting = `
  const Real = window.Notification
  window.shownToSystem = []
  window.Notification = class extends Real {
    static permission = 'granted'
    constructor(title, options) {
      super(title, options)
      this.wasClosed = false
      window.shownToSystem.push(this)
    }
    close() {
      this.wasClosed = true
      super.close()
    }
  }
  window.looks = true
  Object.defineProperty(document, 'visibilityState', { get: () => window.looks ? 'visible' : 'hidden' })
  Document.prototype.hasFocus = () => window.looks`

async function looks(page: Page, isLooking: boolean): Promise<void> {
  await page.evaluate(
    `window.looks = ${isLooking}; void document.dispatchEvent(new Event('visibilitychange')); void dispatchEvent(new Event('${isLooking ? 'focus' : 'blur'}'))`,
  )
}

async function shown(page: Page): Promise<readonly Shown[]> {
  return (await page.evaluate(
    'shownToSystem.map(({ title, body, tag, wasClosed }) => ({ title, body, tag, closed: wasClosed }))',
  )) as Shown[]
}

t.test('what is said to oneself is told while nobody looks', { skip }, async (t) => {
  const server = await startWithPage(t)
  const anna = await browsers.open(t, server, { permissions: ['notifications'] })
  await anna.context().addInitScript(noting)
  await anna.reload()
  await signUp(anna, 'anna')
  await anna.getByRole('link', { name: 'Settings' }).click()
  await anna.getByLabel(/^Tell me of/).check()
  await entry(anna, 'lobby').click()
  const bob = await server.connect()
  bob.send('/nick bob')
  await shows(t, anna.getByText('~bob joined'), 'somebody comes')

  bob.send('here, @anna')
  bob.send('/msg anna and here')
  await line(anna, 'here, @anna').waitFor()
  await entry(anna, '~bob').getByText('1 unread').waitFor()
  t.same(await shown(anna), [], 'who looks is told nothing')

  await looks(anna, false)
  bob.send('nothing of anna, or of annabel, or @annabel')
  bob.send('<b onclick="alert(1)">@anna</b> & more')
  bob.send('/msg anna <img src=x onerror=alert(1)>')
  await entry(anna, '~bob').getByText('2 unread').waitFor()
  await shows(t, entry(anna, 'lobby').getByText('1 mention'), 'in the list as well')
  t.same(
    await shown(anna),
    [
      {
        title: '~bob in #lobby',
        body: '<b onclick="alert(1)">@anna</b> & more',
        tag: '#lobby',
        closed: false,
      },
      { title: '~bob', body: '<img src=x onerror=alert(1)>', tag: '~bob', closed: false },
    ],
    'what names one, and what is for oneself alone, as text',
  )
  await titled(t, anna, /^\(3\) #lobby/, 'and in the title')

  await anna.evaluate('shownToSystem[1].onclick()')
  await looks(anna, true)
  await shows(t, anna.locator('.head h1', { hasText: '~bob' }), 'a click goes there')
  await goes(t, entry(anna, '~bob').getByText('2 unread'), 'where it is read')
  t.ok((await shown(anna))[1]?.closed, 'and the notification is gone')
  t.notOk((await shown(anna))[0]?.closed, 'the other one stays')
  await entry(anna, 'lobby').click()
  await goes(t, entry(anna, 'lobby').getByText('1 mention'), 'what is read on the page')
  t.ok((await shown(anna))[0]?.closed, 'is told no more')
  await titled(t, anna, /^#lobby/, 'and the title has no count')

  const carl = await browsers.member(t, server, 'carl')
  await looks(anna, false)
  await carl.getByRole('link', { name: 'New group' }).click()
  await carl.getByLabel('Name', { exact: true }).fill('tea')
  await carl.getByLabel('People to ask in').fill('anna')
  await carl.getByRole('button', { name: 'Create' }).click()
  await shows(t, anna.getByRole('link', { name: /Inbox.*1 waiting/ }), 'an invitation')
  await entry(carl, 'lobby').click()
  await carl.locator('.members').getByRole('button', { name: /anna/ }).click()
  await carl.getByRole('button', { name: 'Ask for a private talk' }).click()
  await shows(t, anna.getByRole('link', { name: /Inbox.*2 waiting/ }), 'somebody who would like to talk')
  t.same(
    (await shown(anna)).slice(2).map(({ title, body }) => [title, body]),
    [
      ['carl', 'asks you into #tea'],
      ['carl', 'would like a private talk with you'],
    ],
    'are told, too',
  )
})
