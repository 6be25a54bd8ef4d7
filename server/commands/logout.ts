import { StoreUnavailable } from '../chat/ports/store-errors.ts'
import { command } from './command.ts'

export default command({
  name: 'logout',
  area: 'account',
  who: 'guest',
  token: 'any',
  harm: 'ends',
  cost: 1,
  args: {},
  summary: 'Log out, but stay connected.',
  help: 'You stay a member of your channels, and see what you missed when you log in again. A guest leaves them. In a browser, its other tabs are logged out, too.',
  data: '{name}',
  fails: [],
  async run({ browserSessions, terminal }, person) {
    const { name } = person
    const { browser } = terminal
    await terminal.become(undefined)
    if (browser)
      await browserSessions.end(browser, terminal).catch((error: unknown) => {
        // They are logged out here all the same.
        if (!(error instanceof StoreUnavailable)) throw error
      })
    return { code: 'logged-out', name }
  },
})
