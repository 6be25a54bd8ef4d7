import { count, optional } from './args.ts'
import { command } from './command.ts'
import { targetIfAny } from './here.ts'

export default command({
  name: 'delete',
  area: 'talking',
  who: 'guest',
  token: 'write',
  harm: 'destroys',
  cost: 2,
  args: { id: optional(count('ID', Number.MAX_SAFE_INTEGER)) },
  summary: 'Delete your last message here, or the message with that number.',
  help: 'It disappears from history, search and inboxes, together with the file that it announced; people who were here have read it. /history numbers shows the numbers. Those who lead a channel can delete messages of others in it.',
  data: '{id, at, from, channel?, to?}',
  fails: ['no-such-message', 'too-late', 'no-target', 'not-said'],
  async run(context, person, { id }) {
    if (id === undefined) context.terminal.checkAim('channel')
    const which = { id, target: targetIfAny(context), lastSaid: context.terminal.lastSaid }
    return {
      code: 'message-deleted',
      message: await context.corrections.delete(person, which, context.terminal),
    }
  },
})
