import t from 'tap'
import {
  Browsers,
  composer,
  entry,
  goes,
  line,
  passwordOf,
  shows,
  skip,
  startWithPage,
} from './page-browser.ts'
import { WebClient } from './web-client.ts'

const browsers = new Browsers()
t.teardown(() => browsers.close())

t.test('away and back, contacts, an invitation declined, blocked and offline', { skip }, async (t) => {
  const server = await startWithPage(t)
  const anna = await browsers.member(t, server, 'anna')
  const bob = await browsers.member(t, server, 'bob')
  const inList = anna.locator('.members').getByRole('button', { name: /bob/ })
  await bob.locator('.my-status button').click()
  await bob.getByLabel('Note (optional)').fill('at lunch')
  await bob.getByRole('button', { name: 'Away', exact: true }).click()
  await shows(t, inList.getByText('at lunch'), 'away, with a note')
  await shows(t, inList.getByRole('img', { name: 'away' }), 'and a sign of it')
  await bob.locator('.my-status button').click()
  await bob.getByRole('button', { name: 'Online', exact: true }).click()
  await shows(t, inList.getByRole('img', { name: 'online' }), 'and back')

  await inList.click()
  await anna.getByRole('button', { name: 'Add to contacts' }).click()
  await anna.getByRole('button', { name: 'Remove from contacts' }).waitFor()
  await anna.keyboard.press('Escape')
  await anna.getByRole('link', { name: 'People' }).click()
  await shows(t, anna.getByRole('link', { name: 'Write to bob' }), 'a contact')

  await anna.getByRole('link', { name: 'New group' }).click()
  await anna.getByLabel('Name', { exact: true }).fill('tea')
  await anna.getByLabel('People to ask in').fill('bob')
  await anna.getByRole('button', { name: 'Create' }).click()
  await bob.getByRole('link', { name: /Inbox.*1 waiting/ }).click()
  await bob.getByRole('button', { name: 'Decline' }).waitFor()
  await bob.reload()
  await bob.getByRole('button', { name: 'Decline' }).click()
  await shows(
    t,
    anna.getByText('bob declined the invitation into #tea'),
    'declined, after it was left to wait',
  )
  await shows(t, bob.getByText('Nothing waits for you'), 'and it waits no more')

  await entry(anna, 'lobby').click()
  await inList.click()
  await anna.getByRole('button', { name: 'Block' }).click()
  await anna.getByRole('dialog', { name: 'Are you sure?' }).getByRole('button', { name: 'Block' }).click()
  await anna.getByRole('button', { name: 'Unblock' }).waitFor()
  await anna.keyboard.press('Escape')
  await anna.getByRole('link', { name: 'People' }).click()
  await anna.getByRole('button', { name: 'Unblock' }).click()
  await goes(t, anna.getByRole('button', { name: 'Unblock' }), 'blocked, and not any more')

  await bob.locator('.my-status button').click()
  await bob.getByRole('button', { name: 'Offline', exact: true }).click()
  await shows(t, bob.getByText('You are offline here.'), 'offline')
  await bob.getByRole('button', { name: 'Come back' }).click()
  await entry(bob, 'lobby').click()
  await composer(bob).waitFor()
  await goes(t, bob.getByText('You are offline here.'), 'and there again')

  const carl = await WebClient.connect(server)
  await carl.data('/signup carl', passwordOf('carl'), passwordOf('carl'))
  await carl.data('/msg anna the cup is yours')
  await entry(anna, 'carl').click()
  await line(anna, 'the cup is yours').waitFor()
  await carl.data('/deleteaccount', passwordOf('carl'))
  await carl.end()
  const gone = anna.getByText('This account is deleted')
  await shows(t, gone, 'who is gone is said to be gone')
  await anna.reload()
  await entry(anna, 'deleted user #3').click()
  await shows(t, line(anna, 'the cup is yours'), 'and the talk can be read')
  await shows(t, gone, 'by the number')
  t.ok(await anna.getByRole('button', { name: 'Come back' }).isHidden(), 'nobody joins a person')
})
