import { command } from './command.ts'

export default command({
  name: 'notices',
  area: 'notices',
  who: 'guest',
  token: 'read',
  cost: 2,
  args: {},
  summary: "Show the operators' notices to everybody.",
  help: 'Those you have not seen are shown at login.',
  data: '{messages, more}',
  fails: [],
  run: ({ history }, person) => history.notices(person),
})
