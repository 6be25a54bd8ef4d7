import { existsSync } from 'node:fs'
import { loadConfig } from '../../config/load.ts'
import { askServer } from './control.ts'

/*
 * The container's health check asks the server by the socket of the operator's command line. This socket has no limit
 * of connections, no proxy in front of it and no line in the log, so a server that is full or behind a proxy counts
 * as healthy. Exit code 0 if the server answers within 3 seconds, else 1.
 */

const deadlineMs = 3_000
const usual = 'config/partyline.yaml'

function fail(why: string): never {
  process.stderr.write(`unhealthy: ${why}\n`)
  process.exit(1)
}

setTimeout(() => fail(`it has not answered for ${deadlineMs / 1000} seconds`), deadlineMs)
try {
  const file = process.env['PARTYLINE_CONFIG'] ?? (existsSync(usual) ? usual : undefined)
  const { dataDirectory } = loadConfig(file === undefined ? {} : { file })
  const answer = await askServer(dataDirectory, { action: 'alive', options: {} })
  if (!answer) fail(`no server runs with the data directory ${dataDirectory}`)
  if (!answer.ok) fail(answer.message)
  process.exit(0)
} catch (error) {
  fail(error instanceof Error ? error.message : String(error))
}
