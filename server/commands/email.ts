import { word } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'email',
  area: 'account',
  who: 'member',
  token: 'none',
  cost: 2,
  args: { address: word('ADDRESS|none') },
  summary: 'Set your e-mail address, or remove it with none.',
  help: 'Nobody but you sees it.',
  data: '{email?}',
  fails: [],
  async run({ ownSettings }, account, { address }) {
    await ownSettings.setEmail(account, address.toLowerCase() === 'none' ? undefined : address)
    return { code: 'email', email: account.email }
  },
})
