import { word } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'unbanaddress',
  area: 'operator',
  who: 'operator',
  cost: 1,
  args: { cidr: word('CIDR') },
  summary: 'End the ban of an address; /banaddress lists banned addresses.',
  help: '',
  data: '{cidr}',
  fails: ['no-such-ban'],
  async run({ addressBans }, _operator, { cidr }) {
    return { code: 'address-unbanned', cidr: await addressBans.unban(cidr) }
  },
})
