import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core'
import type { Test } from 'tap'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'
import { cookieFor, originOf, WebClient, withPage } from './web-client.ts'

/** Debian's chromium and the same without a window, which takes 0.6 of the processor time (page-forms, 8.4 s beside 14 s). */
const browsers = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'] as const
const executablePath = browsers.find((path) => existsSync(path)) ?? browsers[0]
const hasBrowser = existsSync(executablePath)
const hasPage = existsSync('dist/page/index.html')

/** Why tests of the page cannot run here; in CI they have to. */
export const skip =
  process.env['CI'] === 'true'
    ? false
    : !hasBrowser
      ? `there is neither ${browsers.join(' nor ')}`
      : !hasPage
        ? 'dist/page is not built: npm run build'
        : false

/** A machine with other tests beside it is slow: only a test that fails waits so long. */
const patienceMs = 30_000

/** One browser for all tests of a file: to start it is slow. */
export class Browsers {
  #browser: Promise<Browser> | undefined

  /** A page of somebody of their own, with nothing kept. Whatever is wrong in it fails the test. */
  async open(t: Test, server: TestServer, how: BrowserContextOptions = {}): Promise<Page> {
    // A container gives no namespaces to root's Chromium.
    this.#browser ??= chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
    const browser = await this.#browser
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      baseURL: originOf(server),
      ...how,
    })
    // The server's clock stands still, too; timers go on.
    await context.clock.setFixedTime(server.clock.now())
    context.setDefaultTimeout(patienceMs)
    t.teardown(() => context.close())
    const page = await context.newPage()
    page.on('pageerror', (error) => t.fail(`an error in the page: ${error.stack ?? error.message}`))
    page.on('dialog', (dialog) => t.fail(`a dialog: ${dialog.message()}`))
    page.on('console', (said) => {
      // A lost connection is no defect.
      if (said.type() === 'error' && !/WebSocket connection|ERR_|415/.test(said.text())) t.fail(said.text())
    })
    await page.goto('/')
    return page
  }

  /** A page of somebody who has an account, and whose browser stays logged in. */
  async member(t: Test, server: TestServer, name: string, how: BrowserContextOptions = {}): Promise<Page> {
    const client = await WebClient.connect(server)
    await client.data(`/signup ${name}`, passwordOf(name), passwordOf(name))
    const { ticket } = await client.data('/session ticket')
    const [cookieName = '', value = ''] = ((await cookieFor(server, ticket)) ?? '').split('=')
    await client.end()
    const cookie = { name: cookieName, value, domain: '127.0.0.1', path: '/' }
    const page = await this.open(t, server, {
      ...how,
      storageState: {
        cookies: [{ ...cookie, expires: -1, httpOnly: true, secure: false, sameSite: 'Strict' }],
        origins: [],
      },
    })
    await composer(page).waitFor()
    return page
  }

  async close(): Promise<void> {
    await (await this.#browser)?.close()
  }
}

export async function startWithPage(
  t: Test,
  config: Readonly<Record<string, unknown>> = {},
): Promise<TestServer> {
  const server = await TestServer.start({ directory: directoryFor(t), config: { ...withPage, ...config } })
  t.teardown(() => server.stop())
  return server
}

export const passwordOf = (name: string) => `${name}'s password`

export async function signUp(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name: 'Sign up' }).click()
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByLabel('Password', { exact: true }).fill(passwordOf(name))
  await page.getByLabel('Password again').fill(passwordOf(name))
  await page.getByRole('button', { name: 'Sign up' }).click()
  await page.getByLabel('I have written it down').check()
  await page.getByRole('button', { name: 'Go on' }).click()
  await composer(page).waitFor()
}

export async function signIn(page: Page, name: string, password = passwordOf(name)): Promise<void> {
  await page.getByLabel('Name or number').fill(name)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

export async function asGuest(page: Page, nick: string): Promise<void> {
  await page.getByRole('link', { name: 'Guest' }).click()
  await page.getByLabel('Nick').fill(nick)
  await page.getByRole('button', { name: 'Come in' }).click()
  await composer(page).waitFor()
}

/** Where one writes. */
export function composer(page: Page): Locator {
  return page.locator('.composer textarea')
}

/** By the button: a list of completions would take an Enter, and one that the server is asked for may come at any moment. */
export async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text)
  await page.getByRole('button', { name: 'Send', exact: true }).click()
}

/** A line of the log. */
export function line(page: Page, text: string | RegExp): Locator {
  return page.getByRole('log').locator('.message', { hasText: text })
}

/** A place in the list at the left. */
export function entry(page: Page, name: string): Locator {
  return page.locator('.sidebar section li a', { has: page.locator(`bdi:text-is("${name}")`) })
}

/** Waits until a locator shows; a test says by it what has to come. */
export async function shows(t: Test, what: Locator, message: string): Promise<void> {
  try {
    await what.first().waitFor()
    t.pass(message)
  } catch {
    const text = await what
      .page()
      .locator('body')
      .innerText()
      .catch(() => 'nothing')
    t.fail(message, { page: text })
  }
}

/**
 * Waits until this is so, and asks again for each frame that is drawn; false if it does not come about. The page's rules for
 * content let `page.waitForFunction` ask once only: whatever was not so at that moment was an error.
 */
async function soon(page: Page, isSo: () => Promise<boolean>): Promise<boolean> {
  for (const end = performance.now() + patienceMs; !(await isSo()); ) {
    if (performance.now() > end) return false
    await drawn(page)
  }
  return true
}

/** Waits until the page has drawn what it has to draw. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))')
}

/** Waits for a title: a browser sets it behind the drawing that a locator waits for. */
export async function titled(t: Test, page: Page, wanted: RegExp, message: string): Promise<void> {
  await soon(page, async () => wanted.test(await page.title()))
  t.match(await page.title(), wanted, message)
}

/** Scrolls back to where a place begins: what is above comes when it has been asked for. */
export async function scrollBack(page: Page, each: () => Promise<void> = async () => {}): Promise<void> {
  const begin = page.locator('.begin', { hasText: 'This is the beginning of' })
  const first = page.getByRole('log').locator('.message').first()
  for (let moves = true; moves && (await begin.count()) === 0; ) {
    const before = await first.getAttribute('data-key')
    await page.getByRole('log').evaluate((element) => {
      element.scrollTop = 0
    })
    moves = await soon(
      page,
      async () => (await begin.count()) > 0 || (await first.getAttribute('data-key')) !== before,
    )
    await each()
  }
}

/** Waits until it is there no more. */
export async function goes(t: Test, what: Locator, message: string): Promise<void> {
  try {
    await what.first().waitFor({ state: 'detached' })
    t.pass(message)
  } catch {
    t.fail(message)
  }
}
