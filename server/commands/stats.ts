import { command } from './command.ts'

export default command({
  name: 'stats',
  area: 'operator',
  who: 'operator',
  cost: 5,
  args: {},
  summary: 'Show how the server does: people, messages, sizes, times, and what to look after.',
  help: 'The command line has the same: partyline status. docs/metrics.md tells how Prometheus gets the numbers.',
  data: '{version, node, startedAt, uptimeSeconds, listeners, certificates?, online, accounts, channels, messages, sinceStart, database, files, disk?, commits, eventLoop, memory, failedLogins, warnings}',
  fails: [],
  async run({ server }) {
    return { code: 'stats', stats: await server.stats() }
  },
})
