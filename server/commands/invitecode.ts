import { command } from './command.ts'

export default command({
  name: 'invitecode',
  area: 'people',
  who: 'member',
  cost: 5,
  args: {},
  summary: 'Make a code that lets one new person sign up.',
  help: 'For servers where sign-up needs a code (accounts.signup: invite). It works once, within seven days.',
  data: '{invite, until}',
  fails: ['quota-exceeded'],
  async run({ accounts }, account) {
    return { code: 'invite-code', ...(await accounts.makeInvite(account)) }
  },
})
