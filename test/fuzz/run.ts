import { fuzz } from './fuzz.ts'

/*
 * `npm run test:fuzz`: a million strange lines in at most five minutes, all of which the server has to stand.
 * FUZZ_SEED, FUZZ_LINES and FUZZ_SECONDS change that.
 */

function setting(name: string, usual: number): number {
  const value = process.env[name]
  return value === undefined ? usual : Number(value)
}

const seed = setting('FUZZ_SEED', Date.now() % 2 ** 32)
const lines = setting('FUZZ_LINES', 1_000_000)
const seconds = setting('FUZZ_SECONDS', 300)
console.log(`FUZZ_SEED=${seed}`)
const report = await fuzz({ seed, lines, seconds, tell: (text) => console.log(text) })
const { problems, received, sessions, sockets } = report
console.log(`${report.lines} lines in ${sessions} sessions, ${Math.round(report.seconds)} seconds`)
console.log(
  `${Math.round(received / 1e6)} MB were read; sockets before ${sockets.before}, after ${sockets.after}`,
)
for (const problem of problems) console.log(`! ${problem}`)
console.log(
  problems.length === 0 ? 'Nothing is wrong.' : `${problems.length} things are wrong, FUZZ_SEED=${seed}`,
)
process.exitCode = problems.length === 0 ? 0 : 1
