import t from 'tap'
import { wayIn } from '../../server/operator/watching/way-in.ts'
import { openTerminal } from '../clients/terminal.ts'
import { mainFile, temporaryFolder } from '../process/program.ts'
import { testConfig } from '../support/server.ts'
import { environment } from './cli.ts'

t.test('what somebody at this machine types, by what listens', (t) => {
  const plain = { host: '0.0.0.0', port: 6667 }
  const way = (listeners: readonly object[], ports: readonly number[]) =>
    wayIn(testConfig('nowhere', { listeners } as never), ports)
  t.equal(way([plain], [6667]), 'Now, on this machine: nc localhost 6667')
  t.equal(way([{ ...plain, host: '192.0.2.7' }], [7000]), 'Now, on this machine: nc 192.0.2.7 7000')
  t.equal(way([{ ...plain, telnet: true }], [23]), 'Now, on this machine: telnet localhost 23')
  t.equal(way([{ ...plain, telnet: true }, plain], [23, 6667]), 'Now, on this machine: nc localhost 6667')
  const tls = { ...plain, tls: { cert: 'cert.pem', key: 'key.pem' } }
  t.equal(way([tls], [6697]), 'Now, on this machine: openssl s_client -quiet -connect localhost:6697')
  t.equal(way([tls, plain], [6697, 6667]), 'Now, on this machine: nc localhost 6667')
  t.end()
})

for (const pretty of [true, false])
  t.test(
    `at a terminal, ${pretty ? 'with readable lines: it is the last one' : 'as JSON: nothing but JSON'}`,
    async (t) => {
      const settings = { ...environment, PARTYLINE_LOG_PRETTY: `${pretty}` }
      const set = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
      const data = temporaryFolder(t)
      const serve = ['serve', '--host', '127.0.0.1', '--port', '0', '--data', data]
      const terminal = openTerminal(t, ['env', ...set, process.execPath, mainFile, ...serve])
      await terminal.expect(pretty ? 'Now, on this machine: nc localhost ' : '"msg":"listening"}')
      terminal.type('\u0003')
      await terminal.exit
      if (!pretty) t.notMatch(terminal.stream, 'Now, on this machine')
    },
  )
