import { readFileSync } from 'node:fs'
import t from 'tap'
import { Browsers, composer, shows, skip, startWithPage } from './page-browser.ts'

const browsers = new Browsers()
t.teardown(() => browsers.close())

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

t.test('a group, by invitation, with roles; a file and a picture', { skip }, async (t) => {
  const server = await startWithPage(t)
  const anna = await browsers.member(t, server, 'anna')
  const bob = await browsers.member(t, server, 'bob')
  await anna.getByRole('link', { name: 'New group' }).click()
  await anna.getByLabel('Name', { exact: true }).fill('tea')
  await anna.getByLabel('People to ask in').fill('bob')
  await anna.getByRole('button', { name: 'Create' }).click()
  await shows(t, anna.getByText('This is the beginning of #tea'), 'a group')
  await bob.getByRole('link', { name: /Inbox.*1 waiting/ }).click()
  await shows(t, bob.getByText('asks you into'), 'an invitation')
  await bob.getByRole('button', { name: 'Accept' }).click()
  await shows(t, anna.getByText('bob joined'), 'it is accepted')

  await anna.locator('input[type=file]').setInputFiles([
    { name: 'dot.png', mimeType: 'image/png', buffer: png },
    { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('green tea\n') },
  ])
  await shows(t, bob.locator('img[alt="dot.png"]'), 'a picture')
  const width = await bob
    .locator('.picture img')
    .evaluate(async (image: { decode(): Promise<void>; naturalWidth: number }) => {
      await image.decode()
      return image.naturalWidth
    })
  t.equal(width, 1)
  const got = bob.waitForEvent('download')
  await bob.getByRole('link', { name: 'notes.txt' }).click()
  const download = await got
  t.equal(download.suggestedFilename(), 'notes.txt')
  t.equal(readFileSync(await download.path(), 'utf8'), 'green tea\n')

  await anna.locator('.members').getByRole('button', { name: /bob/ }).click()
  await anna.getByRole('button', { name: 'Make a moderator' }).click()
  await shows(t, bob.locator('.members').getByText('moderator'), 'a moderator')
  await anna.locator('.members').getByRole('button', { name: /bob/ }).click()
  await anna.getByRole('button', { name: 'Make the admin' }).click()
  await anna.getByRole('button', { name: 'Hand it over' }).click()
  await shows(t, bob.getByText('bob is the admin now').or(bob.getByText('admin').first()), 'another admin')
  await bob.locator('.members').getByRole('button', { name: /anna/ }).click()
  await bob.getByRole('button', { name: 'Remove', exact: true }).click()
  await bob.getByLabel('Why').fill('too loud')
  await bob.getByRole('button', { name: 'Remove', exact: true }).click()
  await shows(t, anna.getByText('bob has removed you from #tea: too loud'), 'out of the group')
  t.notOk(await composer(anna).isEditable(), 'and nothing can be said there')
})

t.test('a file by dropping it, and by pasting it', { skip }, async (t) => {
  const server = await startWithPage(t)
  const anna = await browsers.member(t, server, 'anna')
  const holding = (name: string) =>
    `(() => { const held = new DataTransfer(); held.items.add(new File(['tea'], '${name}')); return held })()`
  const dataTransfer = await anna.evaluateHandle(holding('dropped.txt'))
  await anna.dispatchEvent('.talk', 'dragenter', { dataTransfer })
  await shows(t, anna.getByText('Drop files to send them to #lobby'), 'it says where it goes')
  await anna.dispatchEvent('.talk', 'drop', { dataTransfer })
  await shows(t, anna.getByRole('link', { name: 'dropped.txt' }), 'dropped')
  await anna.evaluate(
    `dispatchEvent(new ClipboardEvent('paste', { clipboardData: ${holding('pasted.txt')}, cancelable: true }))`,
  )
  await shows(t, anna.getByRole('link', { name: 'pasted.txt' }), 'pasted')
  await server.activity.quiet()
})
