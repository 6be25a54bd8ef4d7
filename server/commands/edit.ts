import { count, optional, said } from './args.ts'
import { command } from './command.ts'
import { targetIfAny } from './here.ts'

export default command({
  name: 'edit',
  area: 'talking',
  who: 'guest',
  token: 'write',
  cost: 2,
  args: { id: optional(count('ID', Number.MAX_SAFE_INTEGER)), text: said('TEXT') },
  summary: 'Change the text of your last message here, or of the message with that number.',
  help: 'Everybody there reads the new text, marked as edited; you also read the old text. A first word of digits means the number of a message; /history numbers shows the numbers.',
  data: '{id, at, edited, from, kind, text, was, channel?, to?}',
  fails: ['no-such-message', 'too-late', 'no-target', 'not-said', 'not-a-member', 'muted'],
  async run(context, person, { id, text }) {
    if (id === undefined) context.terminal.checkAim('channel')
    const which = { id, target: targetIfAny(context), lastSaid: context.terminal.lastSaid }
    return {
      code: 'message-edited',
      ...(await context.corrections.edit(person, which, text, context.terminal)),
    }
  },
})
