import { command } from './command.ts'

export default command({
  name: 'mydata',
  area: 'account',
  who: 'member',
  cost: 5,
  args: {},
  summary: 'Show what the server stores about you.',
  help: 'Your profile, channels, tokens, the addresses that you have logged in from with your password (the last 10, with the days), and how many messages of yours there are; /search from:YOURNAME shows those.',
  data: '{name, id, email?, since, operator, channels: [{name, since, role?}], tokens: [token fields], addresses: [{address, since, last}], messages: {count, more}}',
  fails: [],
  run: ({ accounts }, account) => accounts.data(account),
})
