import t from 'tap'
import {
  asGuest,
  Browsers,
  composer,
  entry,
  goes,
  line,
  passwordOf,
  say,
  shows,
  signIn,
  signUp,
  skip,
  startWithPage,
} from './page-browser.ts'

const browsers = new Browsers()
t.teardown(() => browsers.close())

t.test('sign up, talk beside a terminal, and be there again after a reload', { skip }, async (t) => {
  const server = await startWithPage(t)
  const page = await browsers.open(t, server)
  await page.getByRole('link', { name: 'Sign up' }).click()
  await page.getByLabel('Name', { exact: true }).fill('anna')
  await page.getByLabel('E-mail').fill('anna@example.org')
  await page.getByLabel('Password', { exact: true }).fill(passwordOf('anna'))
  await page.getByLabel('Password again').fill('something else')
  await page.getByRole('button', { name: 'Sign up' }).click()
  await shows(t, page.getByText('Those two passwords are not the same.'), 'two passwords that differ')
  await page.getByLabel('Password again').fill(passwordOf('anna'))
  await page.getByRole('button', { name: 'Sign up' }).click()
  await shows(t, page.getByText('Keep your recovery code'), 'the code is shown')
  t.match(await page.locator('.code').textContent(), /^\w{4}(-\w{4}){4}$/)
  t.ok(await page.getByRole('button', { name: 'Go on' }).isDisabled(), 'and has to be written down')
  await page.getByLabel('I have written it down').check()
  await page.getByRole('button', { name: 'Go on' }).click()

  await composer(page).waitFor()
  const terminal = await server.connect()
  terminal.send('/nick carl')
  await shows(t, page.getByText('~carl joined'), 'somebody comes by a terminal')
  terminal.send('hello from nc')
  await shows(t, line(page, 'hello from nc'), 'what they say')
  await composer(page).fill('hello yourself\nin two lines')
  await page.keyboard.press('Enter')
  await shows(t, line(page, 'hello yourself'), 'what one says oneself')
  // It stands there before the browser has sent it, which may take as long as it likes.
  await goes(t, page.locator('.pending'), 'is said')
  await server.activity.until(() => terminal.lines.some((text) => text.includes('| in two lines')))
  t.match(terminal.lines.join('\n'), /<anna> hello yourself\n\| in two lines/)

  await page.reload()
  await shows(t, line(page, 'hello from nc'), 'after a reload')
  t.equal(await page.getByRole('log').locator('.message').count(), 2)
  t.notOk(await page.locator('.code').count(), 'the code is never shown again')
})

t.test('sign in by name and by number, wrong and right; log out', { skip }, async (t) => {
  const server = await startWithPage(t)
  const page = await browsers.open(t, server)
  await signUp(page, 'anna')
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('button', { name: 'Log out' }).click()
  await signIn(page, 'anna', 'not it')
  await shows(t, page.getByText('Wrong name or password'), 'a wrong password')
  await page.getByLabel('Password').fill(passwordOf('anna'))
  await page.getByRole('button', { name: 'Sign in' }).click()
  await composer(page).waitFor()
  await page.locator('.my-status button').click()
  await page.getByRole('button', { name: 'Log out' }).click()
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
  await page.reload()
  await signIn(page, '1', passwordOf('anna'))
  await shows(t, entry(page, 'lobby'), 'by number')
})

t.test('a guest, an account for it, and another password', { skip }, async (t) => {
  const server = await startWithPage(t)
  await server.makeOperator('root', passwordOf('root'))
  const page = await browsers.open(t, server)
  await asGuest(page, 'dora')
  await say(page, 'I am new')
  await shows(t, line(page, 'I am new'), 'a guest talks')
  t.equal(await page.getByRole('link', { name: 'New group' }).count(), 0, 'and makes no groups')
  await page.reload()
  await shows(t, line(page, 'I am new'), 'and is the same one after a reload')
  await page.locator('.my-status button').click()
  await page.getByRole('button', { name: 'Leave' }).click()
  await page.getByRole('dialog', { name: 'Are you sure?' }).getByRole('button', { name: 'Leave' }).click()
  await asGuest(page, 'anna')
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByLabel('Password', { exact: true }).fill(passwordOf('anna'))
  await page.getByLabel('Password again').fill(passwordOf('anna'))
  await page.getByRole('button', { name: 'Sign up' }).click()
  await page.getByLabel('I have written it down').check()
  await page.getByRole('button', { name: 'Go on' }).click()
  await shows(t, page.getByText('#2, to log in with as well'), 'a guest makes an account')
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByLabel('Present password').fill(passwordOf('anna'))
  await page.getByLabel('New password', { exact: true }).fill('a better one')
  await page.getByLabel('New password again').fill('a better one')
  await page.getByRole('button', { name: 'Change' }).click()
  await shows(t, page.getByText('Your password is changed'), 'another password')
  await page.reload()
  await shows(t, page.getByRole('heading', { name: 'Settings' }), 'and one is still logged in')
})
