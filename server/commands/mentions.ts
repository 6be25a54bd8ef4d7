import { command } from './command.ts'

export default command({
  name: 'mentions',
  area: 'talking',
  who: 'member',
  token: 'read',
  cost: 2,
  args: {},
  summary: 'Show the last messages in your channels that name you as @you.',
  help: '',
  data: '{messages, more}',
  fails: ['took-too-long'],
  run: ({ history }, account) => history.mentions(account),
})
