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
  summary: 'Take back what you said last here, or the message of that number.',
  help: 'It is gone from history, search and inboxes, and so is the file that it announced; who was here has read it. /history numbers shows the numbers. Those who lead a channel can delete what others said in it.',
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
