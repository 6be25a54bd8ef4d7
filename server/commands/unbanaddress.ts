import { word } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'unbanaddress',
  area: 'operator',
  who: 'operator',
  cost: 1,
  args: { cidr: word('CIDR') },
  summary: 'Let people connect from an address again; /banaddress lists them.',
  help: '',
  data: '{cidr}',
  fails: ['no-such-ban'],
  async run({ addressBans }, _operator, { cidr }) {
    return { code: 'address-unbanned', cidr: await addressBans.unban(cidr) }
  },
})
