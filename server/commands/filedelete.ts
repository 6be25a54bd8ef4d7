import { count, offering } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'filedelete',
  area: 'files',
  who: 'member',
  harm: 'destroys',
  cost: 2,
  args: { id: offering('files', count('ID', Number.MAX_SAFE_INTEGER)) },
  summary: 'Delete a file that you sent, or end an upload; admins can delete all files in their channel.',
  help: 'Operators can delete any file. The message that announced it stays.',
  data: '{id, name}',
  fails: ['no-such-file'],
  async run({ files }, account, { id }) {
    const { name } = await files.delete(account, id)
    return { code: 'file-deleted', id, name }
  },
})
