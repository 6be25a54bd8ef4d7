import { command } from './command.ts'

export default command({
  name: 'reload',
  area: 'operator',
  who: 'operator',
  cost: 5,
  args: {},
  summary: 'Read the configuration and the certificates again, without disconnecting anybody.',
  help: 'The answer names changed settings that need a restart. If something is wrong with the file, nothing changes.',
  data: '{changed, kept}',
  fails: ['bad-config'],
  async run({ server }) {
    return { code: 'reloaded', ...(await server.reload()) }
  },
})
