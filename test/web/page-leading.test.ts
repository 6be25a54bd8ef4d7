import t from 'tap'
import {
  Browsers,
  composer,
  entry,
  goes,
  line,
  passwordOf,
  say,
  shows,
  skip,
  startWithPage,
} from './page-browser.ts'

const browsers = new Browsers()
t.teardown(() => browsers.close())

t.test('who leads a channel: topic, mute, another name, private, ban', { skip }, async (t) => {
  const server = await startWithPage(t)
  const anna = await browsers.member(t, server, 'anna')
  const bob = await browsers.member(t, server, 'bob')
  const inList = anna.locator('.members').getByRole('button', { name: /bob/ })
  const about = anna.locator('.head h1 button')
  await anna.getByRole('link', { name: 'New group' }).click()
  await anna.getByLabel('Name', { exact: true }).fill('tea')
  await anna.getByLabel('People to ask in').fill('bob')
  await anna.getByRole('button', { name: 'Create' }).click()
  await about.click()
  await anna.getByRole('button', { name: 'Take back' }).click()
  await goes(t, bob.getByRole('link', { name: /Inbox.*1 waiting/ }), 'an invitation is taken back')
  await anna.getByLabel('Names or numbers').fill('bob')
  await anna.getByRole('button', { name: 'Ask', exact: true }).click()
  await shows(t, anna.getByText('Asked: bob'), 'and made again')
  await anna.keyboard.press('Escape')
  await bob.getByRole('link', { name: /Inbox.*1 waiting/ }).click()
  await bob.getByRole('button', { name: 'Accept' }).click()
  await composer(bob).waitFor()

  await anna.getByRole('button', { name: 'Set a topic' }).click()
  await anna.getByLabel('Topic', { exact: true }).fill('green, black & <b>white</b>')
  await anna.getByRole('button', { name: 'Set', exact: true }).click()
  await shows(t, bob.getByText('anna set the topic: green, black & <b>white</b>'), 'a topic')
  await shows(t, bob.locator('.head .topic', { hasText: 'green, black & <b>white</b>' }), 'stands above')

  await inList.click()
  await anna.getByRole('button', { name: 'Mute', exact: true }).click()
  await anna.getByLabel('For how long').selectOption('1 hour')
  await anna.getByLabel('Why').fill('breathe')
  await anna.getByRole('button', { name: 'Mute', exact: true }).click()
  await shows(t, bob.getByText(/anna muted you until .*: breathe/), 'muted, until when, and why')
  await say(bob, 'but')
  await shows(t, bob.getByText(/^Not said: /), 'nothing is said')
  await bob.getByRole('button', { name: 'Discard' }).click()
  await about.click()
  await anna.getByRole('button', { name: 'Unmute' }).click()
  await shows(t, bob.getByText('You may speak again'), 'muted no more')
  await anna.keyboard.press('Escape')
  await say(bob, 'thanks')
  await shows(t, line(anna, 'thanks'), 'and heard again')

  await about.click()
  await anna.getByLabel('Name', { exact: true }).fill('coffee')
  await anna.getByRole('button', { name: 'Rename' }).click()
  for (const page of [anna, bob]) {
    await shows(t, page.locator('.head h1', { hasText: '#coffee' }), 'another name, where one looks at it')
    await shows(t, line(page, 'thanks'), 'with all that was said')
  }
  await say(bob, 'still here')
  await shows(t, line(anna, 'still here'), 'and one talks on')

  await about.click()
  const lock = entry(bob, 'coffee').getByRole('img', { name: 'private' })
  await anna.getByRole('button', { name: 'Make it public' }).click()
  await goes(t, lock, 'public')
  await anna.getByRole('button', { name: 'Make it private' }).click()
  await shows(t, lock, 'and private')
  await anna.getByRole('button', { name: 'Make it public' }).click()
  await anna.keyboard.press('Escape')

  await inList.click()
  await anna.getByRole('button', { name: 'Ban', exact: true }).click()
  await anna.getByLabel('Why').fill('enough')
  await anna.getByRole('button', { name: 'Ban', exact: true }).click()
  await shows(t, bob.getByText('anna has banned you from #coffee: enough'), 'banned, and why')
  await bob.getByRole('button', { name: 'Come back' }).click()
  await shows(t, bob.getByText(/You are banned from #coffee/), 'and cannot come back')
  await about.click()
  await anna.getByRole('button', { name: 'Unban' }).click()
  await goes(t, anna.getByRole('button', { name: 'Unban' }), 'the ban is ended')
  await bob.getByRole('button', { name: 'Come back' }).click()
  await composer(bob).fill('back')
  await bob.keyboard.press('Enter')
  await anna.keyboard.press('Escape')
  await shows(t, line(anna, 'back'), 'and one comes back')
})

t.test('a password that is forgotten: the code brings another one, and another code', { skip }, async (t) => {
  const server = await startWithPage(t)
  const page = await browsers.open(t, server)
  await page.getByRole('link', { name: 'Sign up' }).click()
  await page.getByLabel('Name', { exact: true }).fill('anna')
  await page.getByLabel('Password', { exact: true }).fill(passwordOf('anna'))
  await page.getByLabel('Password again').fill(passwordOf('anna'))
  await page.getByRole('button', { name: 'Sign up' }).click()
  const code = (await page.locator('.code').textContent()) ?? ''
  await page.getByLabel('I have written it down').check()
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.locator('.my-status button').click()
  await page.getByRole('button', { name: 'Log out' }).click()
  await page.getByRole('link', { name: /Forgotten/ }).click()
  const recover = async (typed: string) => {
    await page.getByLabel('Name or number').fill('anna')
    await page.getByLabel('Recovery code').fill(typed)
    await page.getByLabel('New password', { exact: true }).fill('another one')
    await page.getByLabel('New password again').fill('another one')
    await page.getByRole('button', { name: 'Set the password' }).click()
  }
  await recover('AAAA-BBBB-CCCC-DDDD-EEEE')
  await shows(t, page.locator('.failed', { hasText: /\w/ }), 'a wrong code')
  await recover(code.toLowerCase())
  await shows(t, page.getByText('Keep your recovery code'), 'the right one, typed small')
  t.not(await page.locator('.code').textContent(), code, 'is good once')
  await page.getByLabel('I have written it down').check()
  await page.getByRole('button', { name: 'Go on' }).click()
  await shows(t, entry(page, 'lobby'), 'and one is in')
})
