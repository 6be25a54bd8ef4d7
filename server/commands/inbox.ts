import { command } from './command.ts'

export default command({
  name: 'inbox',
  area: 'talking',
  who: 'member',
  token: 'read',
  cost: 3,
  args: {},
  summary: 'Show direct messages: those that waited for you, or the last ones.',
  help: 'What it has shown does not wait any more. If there is more, ask again.',
  data: '{messages, more, unreadFrom?}',
  fails: [],
  run: ({ history }, account) => history.inbox(account),
})
