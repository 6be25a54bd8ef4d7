import { command } from './command.ts'

export default command({
  name: 'cancel',
  area: 'other',
  who: 'visitor',
  token: 'any',
  cost: 0,
  args: {},
  summary: 'Leave a question without answering it.',
  help: '',
  data: '{}',
  fails: [],
  run: () => ({ code: 'nothing-to-cancel' }),
})
