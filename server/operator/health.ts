import { connect } from 'node:net'
import { loadConfig } from '../config/load.ts'

/*
 * The container's health check: connects to the first listener, sends a line and waits for its answer.
 * Exit code 0 if it came within 3 seconds, else 1.
 */

const deadlineMs = 3_000
const file = process.env['PARTYLINE_CONFIG'] ?? 'config/partyline.yaml'
const [listener] = loadConfig({ file }).listeners
// An address that stands for all of them is no address to connect to.
const host = listener?.host === '::' || listener?.host === '0.0.0.0' ? 'localhost' : listener?.host

const socket = connect({ host: host ?? 'localhost', port: listener?.port ?? 6667 })
const fail = (why: string) => {
  process.stderr.write(`unhealthy: ${why}\n`)
  process.exit(1)
}
setTimeout(() => fail('no answer'), deadlineMs)
socket.on('error', (error) => fail(error.message))
socket.on('connect', () => socket.write('/ping healthy\n/quit\n'))
socket.setEncoding('utf8')
let received = ''
socket.on('data', (text: string) => {
  received += text
  if (received.includes('* pong healthy')) process.exit(0)
})
socket.on('end', () => fail('closed without an answer'))
