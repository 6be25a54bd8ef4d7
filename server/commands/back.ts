import { command } from './command.ts'

export default command({
  name: 'back',
  area: 'presence',
  who: 'guest',
  cost: 2,
  args: {},
  summary: 'Say that you are back after /away.',
  help: '',
  data: '{}',
  fails: [],
  run({ presence, terminal }, person) {
    presence.setAway(person, undefined, terminal)
    return { code: 'back' }
  },
})
