import t from 'tap'
import {
  Browsers,
  composer,
  goes,
  line,
  passwordOf,
  shows,
  signIn,
  skip,
  startWithPage,
} from './page-browser.ts'

const browsers = new Browsers()
t.teardown(() => browsers.close())

t.test('Enter says a word that is whole, and completes one that is not', { skip }, async (t) => {
  const server = await startWithPage(t)
  const anna = await browsers.member(t, server, 'anna')
  const bob = await browsers.member(t, server, 'bob')
  await anna.locator('.members').getByRole('button', { name: /bob/ }).waitFor()
  await composer(anna).pressSequentially('tea, @bob')
  await anna.getByRole('option', { name: '@bob' }).waitFor()
  await anna.keyboard.press('Enter')
  await shows(t, line(bob, 'tea, @bob'), 'said at once')
  await composer(anna).pressSequentially('and @bo')
  await anna.getByRole('option', { name: '@bob' }).waitFor()
  await anna.keyboard.press('Enter')
  t.equal(await composer(anna).inputValue(), 'and @bob ', 'completed')
})

t.test('what would fill the screen is folded, and offered as a file before', { skip }, async (t) => {
  const server = await startWithPage(t)
  const anna = await browsers.member(t, server, 'anna')
  const bob = await browsers.member(t, server, 'bob')
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`).join('\n')
  await composer(anna).fill(lines)
  await shows(t, anna.getByText('30 lines fill the screen'), 'it says so')
  await anna.keyboard.press('Enter')
  const unfold = bob.getByRole('button', { name: 'Show all 30 lines' })
  await unfold.click()
  await shows(t, bob.getByRole('button', { name: 'Show less' }), 'and shows all of it to whom wants it')
  await composer(anna).fill(lines)
  await anna.getByRole('button', { name: 'Send them as a file' }).click()
  await shows(t, bob.getByRole('link', { name: 'lines.txt' }), 'a file')
  t.equal(await composer(anna).inputValue(), '')
})

t.test('an operator tells everybody, and disconnects somebody who is typing', { skip }, async (t) => {
  const server = await startWithPage(t)
  await server.makeOperator('root', passwordOf('root'))
  const bob = await browsers.member(t, server, 'bob', { viewport: { width: 360, height: 740 } })
  const root = await browsers.open(t, server)
  await signIn(root, 'root')
  await root.getByRole('link', { name: 'Operator' }).click()
  await root.getByRole('button', { name: 'Notice', exact: true }).click()
  await root.getByRole('textbox', { name: 'Notice' }).fill('down at six')
  await root.getByRole('button', { name: 'Tell everybody' }).click()
  await shows(t, bob.getByText('root tells everybody: down at six'), 'read where one is')
  await shows(t, bob.getByRole('button', { name: 'List of places, 1 waiting' }), 'and counted')
  await bob.getByRole('button', { name: 'Dismiss' }).click()
  await goes(t, bob.getByRole('button', { name: 'List of places, 1 waiting' }), 'until it is put away')

  await composer(bob).fill('half a sent')
  await root.getByRole('button', { name: 'Accounts' }).click()
  await root.locator('.rows').getByRole('button', { name: /bob/ }).first().click()
  await root.getByRole('button', { name: 'Disconnect' }).click()
  const sure = root.getByRole('dialog', { name: 'Are you sure?' })
  await sure.getByRole('button', { name: 'Disconnect' }).click()
  await shows(t, root.getByText('bob is disconnected.'), 'the operator reads that it is done')
  await shows(t, bob.getByText('The server has closed the connection: an operator ended it.'), 'and bob why')
  await bob.getByRole('button', { name: 'Come back' }).click()
  await goes(t, bob.getByText('The server has closed the connection'), 'who comes back when he wants')
  t.equal(await composer(bob).inputValue(), 'half a sent', 'and finds what he was writing')
})
