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
  help: 'You stay a member of your channels, and see what you missed when you log in again. A guest leaves them.',
  data: '{name}',
  fails: [],
  async run({ terminal }, person) {
    const { name } = person
    await terminal.become(undefined)
    return { code: 'logged-out', name }
  },
})
