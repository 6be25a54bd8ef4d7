import { said } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'notice',
  area: 'operator',
  who: 'operator',
  cost: 1,
  says: true,
  args: { text: said('TEXT') },
  summary: 'Tell something to everybody, also to those who are offline now.',
  help: '',
  data: '{id, at}',
  fails: [],
  run: ({ talk, terminal }, account, { text }) => talk.announce(account, text, terminal),
})
