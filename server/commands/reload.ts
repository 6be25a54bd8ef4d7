import { command } from './command.ts'

export default command({
  name: 'reload',
  area: 'operator',
  who: 'operator',
  cost: 5,
  args: {},
  summary: 'Read the configuration and the certificates again, without disconnecting anybody.',
  help: 'What cannot change while the server runs is named. If something is wrong with the file nothing is changed.',
  data: '{changed, kept}',
  fails: ['bad-config'],
  async run({ server }) {
    return { code: 'reloaded', ...(await server.reload()) }
  },
})
