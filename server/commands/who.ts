import { command } from './command.ts'

export default command({
  name: 'who',
  area: 'presence',
  who: 'visitor',
  token: 'read',
  cost: 2,
  args: {},
  summary: 'List everybody who is online.',
  help: '',
  data: '{members: [{name, id?, status, note?}]}',
  fails: [],
  run: ({ presence }, reader) => ({ code: 'who', members: presence.online(reader) }),
})
