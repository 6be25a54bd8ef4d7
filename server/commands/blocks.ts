import { command } from './command.ts'

export default command({
  name: 'blocks',
  area: 'people',
  who: 'member',
  token: 'read',
  cost: 1,
  args: {},
  summary: 'List whom you have blocked.',
  help: '',
  data: '{names}',
  fails: [],
  run: ({ contacts }, account) => ({ code: 'blocks', names: contacts.blocked(account) }),
})
