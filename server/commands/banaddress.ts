import { pageOf } from '../chat/model/paging.ts'
import { duration, optional, orPage, pageNumber, word } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'banaddress',
  area: 'operator',
  who: 'operator',
  harm: 'destroys',
  cost: 1,
  args: { cidr: optional(orPage(word('CIDR'))), for: optional(orPage(duration)), page: optional(pageNumber) },
  usage: '/banaddress [CIDR [FOR]]',
  summary: 'Ban an address or a block like 192.0.2.0/24 from connecting, or list the banned ones.',
  help: 'Connections from there are closed. FOR is a time like 2h or 7d; without it the ban lasts until /unbanaddress.',
  data: '{cidr, until?}; {bans: [{cidr, until?}], page, total, more}',
  fails: ['quota-exceeded'],
  async run({ addressBans, terminal }, operator, { cidr, for: forMs, page = 1 }) {
    if (cidr === undefined) {
      const { rows, paged } = pageOf(addressBans.list(), page, '/banaddress page')
      return { code: 'address-bans', bans: rows.map((ban) => ({ cidr: ban.cidr, until: ban.until })), paged }
    }
    return {
      code: 'address-banned',
      ...(await addressBans.ban(operator, cidr, forMs, terminal.address)),
    }
  },
})
