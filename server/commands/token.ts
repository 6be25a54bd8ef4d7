import { fail } from '../chat/failures.ts'
import { optional, word } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'token',
  area: 'account',
  who: 'member',
  cost: 3,
  secret: true,
  args: { name: optional(word('NAME')), revoke: optional(word('revoke')) },
  usage: '/token [NAME [revoke]]',
  summary: 'Make a token that logs a script in, list your tokens, or revoke one.',
  help: 'A token stands in for your password in /login, so that the password is in no script. It is shown once. Without NAME your tokens are listed.',
  data: '{name, token}; {tokens: [{name, since}]}; {name} when revoked',
  fails: ['bad-name', 'name-taken', 'no-such-token'],
  async run({ accounts }, account, { name, revoke }) {
    if (name === undefined) return { code: 'tokens', tokens: await accounts.tokens(account) }
    if (revoke === undefined)
      return {
        code: 'token-made',
        name,
        account: account.name,
        token: await accounts.makeToken(account, name),
      }
    if (revoke.toLowerCase() !== 'revoke')
      throw fail({
        code: 'bad-arguments',
        detail: `I do not understand "${revoke}" there.`,
        usage: '/token NAME revoke',
      })
    await accounts.removeToken(account, name)
    return { code: 'token-removed', name }
  },
})
