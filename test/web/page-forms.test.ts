import t from 'tap'
import { Browsers, passwordOf, shows, signIn, skip, startWithPage } from './page-browser.ts'

const browsers = new Browsers()
t.teardown(() => browsers.close())

t.test(
  'forms: what is wrong is said in words of the page, and goes with the next attempt',
  { skip },
  async (t) => {
    const server = await startWithPage(t)
    const anna = await browsers.member(t, server, 'anna')
    const page = await browsers.open(t, server)
    await signIn(page, 'anna', 'not her password')
    const failed = page.locator('form .failed')
    await shows(
      t,
      failed.getByText('Wrong name or password.', { exact: true }),
      'no command is told to a form',
    )
    t.equal(await page.evaluate('document.activeElement.textContent'), 'Sign in', 'the focus stays')
    await page.getByLabel('Password').fill('another')
    t.equal(await failed.textContent(), '', 'what was wrong is being mended')

    await anna.getByRole('link', { name: 'New group' }).click()
    await anna.getByLabel('Name', { exact: true }).fill('lobby')
    await anna.getByRole('button', { name: 'Create' }).click()
    await shows(t, anna.getByText('#lobby exists already.', { exact: true }), 'in a form of a group as well')
  },
)

t.test(
  'a recovery code is asked about before it is lost, and read however it is typed',
  { skip },
  async (t) => {
    const server = await startWithPage(t)
    const page = await browsers.open(t, server)
    await page.getByRole('link', { name: 'Sign up' }).click()
    await page.getByLabel('Name', { exact: true }).fill('anna')
    await page.getByLabel('Password', { exact: true }).fill(passwordOf('anna'))
    await page.getByLabel('Password again').fill(passwordOf('anna'))
    await page.getByRole('button', { name: 'Sign up' }).click()
    const code = (await page.locator('code').textContent()) ?? ''
    t.equal(
      await page.evaluate("!dispatchEvent(new Event('beforeunload', { cancelable: true }))"),
      true,
      'the browser asks',
    )
    const other = await browsers.open(t, server)
    await other.getByRole('link', { name: /Forgotten/ }).click()
    await other.getByLabel('Name or number').fill('anna')
    await other.getByLabel('Recovery code').fill(` ${code.toLowerCase().replaceAll('-', ' ')}`)
    await other.getByLabel('New password', { exact: true }).fill('another password')
    await other.getByLabel('New password again').fill('another password')
    await other.getByRole('button', { name: 'Set the password' }).click()
    await shows(t, other.getByText('Keep your recovery code'), 'with spaces, in small letters')
  },
)
