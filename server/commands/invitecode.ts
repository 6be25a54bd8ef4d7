import { command } from './command.ts'

export default command({
  name: 'invitecode',
  area: 'people',
  who: 'member',
  cost: 5,
  args: {},
  summary: 'Make a code with which one newcomer can sign up.',
  help: 'For servers where sign-up needs one (accounts.signup: invite). It can be used once, for seven days.',
  data: '{invite, until}',
  fails: ['quota-exceeded'],
  async run({ accounts }, account) {
    return { code: 'invite-code', ...(await accounts.makeInvite(account)) }
  },
})
