import { command } from './command.ts'

export default command({
  name: 'requests',
  area: 'channels',
  who: 'member',
  token: 'read',
  cost: 1,
  args: {},
  summary: 'List the invitations that wait for your answer, and those you made.',
  help: '',
  data: '{requests: [{request, channel, user, by, at, answer}]}',
  fails: [],
  run: ({ invitations }, account) => ({
    code: 'requests',
    reader: account.name,
    requests: invitations.list(account),
  }),
})
