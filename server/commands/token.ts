import { fail } from '../chat/model/failures.ts'
import { pageOf } from '../chat/model/paging.ts'
import { choice, optional, orPage, pageNumber, word, words } from './args.ts'
import { command } from './command.ts'

const usage = '/token [NAME [read|write|all|revoke] [#CHANNEL ...]]'

export default command({
  name: 'token',
  aliases: ['tokens'],
  area: 'account',
  who: 'member',
  token: 'none',
  cost: 3,
  secret: true,
  args: {
    name: optional(orPage(word('NAME'))),
    what: optional(choice('read', 'write', 'all', 'revoke')),
    channels: optional(words('#CHANNEL ...')),
  },
  usage,
  summary: 'Make a token that logs a script in, list your tokens, or revoke one.',
  help: 'A script uses a token in place of your password in /login. The token is shown once. A read token can only read, a write token only post; a token for some channels can use nothing else. No token can change your password, e-mail address or tokens, delete the account, or act as an operator. Without NAME it lists your tokens, and browsers that stay logged in; revoke ends one and closes the connections that logged in by it. /session list shows your connections, and /session end NUMBER ends one.',
  data: '{name, account, token, scope, channels?}; {tokens: [{name, scope, channels?, since, lastUsed?, address?, agent?, here?}], page, total, more}; {name} when revoked',
  fails: ['bad-name', 'name-taken', 'no-such-token', 'no-such-channel', 'not-a-member', 'quota-exceeded'],
  async run({ browserSessions, terminal, tokens }, account, { name, what, channels }) {
    if (name === undefined) {
      const page = channels ? pageNumber.parse(channels.join(' ')) : 1
      const { rows, paged } = pageOf(
        [...(await tokens.list(account)), ...(await browserSessions.list(account, terminal.browser))],
        page,
        '/token page',
      )
      return { code: 'tokens', tokens: rows, paged }
    }
    const wrong = channels?.find((channel) => what === 'revoke' || !channel.startsWith('#'))
    if (wrong !== undefined)
      throw fail({ code: 'bad-arguments', detail: `I do not understand "${wrong}" there.`, usage })
    if (what === 'revoke') {
      if (browserSessions.isName(name)) await browserSessions.endNamed(account, name, terminal)
      else await tokens.revoke(account, name)
      return { code: 'token-removed', name }
    }
    const { token, grant } = await tokens.make(account, name, what, channels)
    return {
      code: 'token-made',
      name,
      account: account.name,
      token,
      scope: grant.scope,
      channels: grant.channels,
    }
  },
})
