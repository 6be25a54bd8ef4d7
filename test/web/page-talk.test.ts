import t from 'tap'
import { freePort } from '../support/free-port.ts'
import {
  Browsers,
  composer,
  entry,
  goes,
  line,
  say,
  shows,
  skip,
  startWithPage,
  titled,
} from './page-browser.ts'

const browsers = new Browsers()
t.teardown(() => browsers.close())

t.test('direct messages, a private talk by mutual choice, who is typing', { skip }, async (t) => {
  const server = await startWithPage(t)
  const anna = await browsers.member(t, server, 'anna')
  const bob = await browsers.member(t, server, 'bob')
  await bob.locator('.members').getByRole('button', { name: /anna/ }).click()
  await bob.getByRole('button', { name: 'Write to anna' }).click()
  await composer(bob).pressSequentially('ps')
  await say(bob, 'psst')
  await shows(t, entry(anna, 'bob').getByText('1 unread'), 'a direct message waits')
  await titled(t, anna, /^\(1\) /, 'the title counts it')
  await entry(anna, 'bob').click()
  await shows(t, line(anna, 'psst'), 'it is read')
  await goes(t, entry(anna, 'bob').getByText('1 unread'), 'and waits no more')
  // Who types is told at most each three seconds, and the clock stands still.
  server.clock.advance(4000)
  await composer(bob).pressSequentially('hm')
  await shows(t, anna.getByText('bob is typing'), 'who is typing')
  await composer(bob).fill('')
  await goes(t, anna.getByText('bob is typing'), 'who is typing no more')
  await bob.locator('.head h1 button').click()
  await bob.getByRole('button', { name: 'Ask for a private talk' }).click()
  await anna.getByRole('button', { name: 'Talk', exact: true }).click()
  await shows(t, bob.locator('.banner', { hasText: 'You are in a private talk' }), 'a private talk')
  await anna.getByRole('button', { name: 'End it' }).click()
  await shows(t, bob.getByText('The private talk with anna is over'), 'which one of them ends')
})

t.test('unread and mentions, the line of the new, on two devices', { skip }, async (t) => {
  const server = await startWithPage(t)
  const anna = await browsers.member(t, server, 'anna')
  const carl = await server.connect()
  carl.send('/nick carl')
  await shows(t, anna.getByText('~carl joined'), 'somebody is there')
  carl.send('one')
  await shows(t, line(anna, 'one'), 'something is said')
  await anna.getByRole('link', { name: 'Files' }).click()
  carl.send('two')
  carl.send('three, @anna')
  await shows(t, entry(anna, 'lobby').getByText('2 unread'), 'counts')
  await shows(t, entry(anna, 'lobby').getByText('1 mention'), 'and mentions')
  const phone = await anna.context().newPage()
  await phone.setViewportSize({ width: 360, height: 740 })
  await phone.goto('/#/files')
  await phone.getByRole('button', { name: /List of places/ }).click()
  await shows(t, entry(phone, 'lobby').getByText('2 unread'), 'on another device as well')
  await entry(phone, 'lobby').click()
  await shows(t, phone.locator('.new-line'), 'the line of the new')
  const rows = await phone.getByRole('log').locator('.new-line, .message').allTextContents()
  t.match(rows.at(-3), /^New/, 'stands in front of the first of them')
  await goes(t, entry(anna, 'lobby').getByText('2 unread'), 'what is read there is read here')
})

t.test('the server is started again in the middle', { skip }, async (t) => {
  const server = await startWithPage(t, { 'web.listen': [{ host: '127.0.0.1', port: await freePort() }] })
  const anna = await browsers.member(t, server, 'anna')
  await say(anna, 'before')
  await line(anna, 'before').waitFor()
  await server.stop()
  await shows(t, anna.getByText('The server has closed the connection'), 'it says so')
  await say(anna, 'meanwhile')
  await shows(t, line(anna, 'meanwhile'), 'what is said waits')
  await server.start()
  await goes(t, anna.locator('.link-line'), 'it finds the server again')
  await goes(t, anna.locator('.pending'), 'and says what waited')
  t.equal(await line(anna, 'meanwhile').count(), 1)
  const carl = await server.connect()
  carl.send('/nick carl')
  carl.send('/history #lobby')
  await server.activity.until(() => carl.lines.some((text) => text.includes('meanwhile')))
  t.equal(carl.lines.filter((text) => text.includes('meanwhile')).length, 1, 'once')
})
