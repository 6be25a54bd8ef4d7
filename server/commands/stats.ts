import { command } from './command.ts'

export default command({
  name: 'stats',
  area: 'operator',
  who: 'operator',
  cost: 5,
  args: {},
  summary: 'Show the state of the server: people, messages, sizes, times, and problems.',
  help: 'partyline status shows the same on the command line. docs/metrics.md says how Prometheus gets the numbers.',
  data: '{version, node, startedAt, uptimeSeconds, listeners, certificates?, online, accounts, channels, messages, sinceStart, database, files, disk?, commits, eventLoop, memory, failedLogins, warnings}',
  fails: [],
  async run({ server }) {
    return { code: 'stats', stats: await server.stats() }
  },
})
