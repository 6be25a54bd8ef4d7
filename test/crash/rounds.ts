import type { Test } from 'tap'
import { askServer } from '../../server/operator/control/control.ts'
import { temporaryFolder } from '../process/program.ts'
import { type Server, startServer } from '../process/server.ts'
import { type Fields, logIn, type Talker } from '../process/talker.ts'
import { fileSettings } from '../process/transfer.ts'
import { Random } from '../support/random.ts'
import { audit, auditDatabase } from './audit.ts'
import { Ledger } from './ledger.ts'
import { listen, type Member, password, publicRooms, run, type Scene } from './load.ts'

export interface RoundsOptions {
  readonly rounds: number
  readonly seed: number
}

const settings = {
  ...fileSettings,
  LIMITS_SIGNUPS_PER_HOUR: '0',
  HISTORY_REPLAY_LINES: '50',
  FILES_UPLOADS_PER_ACCOUNT: '0',
}
const names = ['m0', 'm1', 'm2', 'm3', 'm4', 'm5']

/**
 * Ends the server with SIGKILL at random moments under load, again and again on one database, and compares after
 * each restart what is there with what anybody was shown.
 */
export async function crashRounds(t: Test, { rounds, seed }: RoundsOptions): Promise<void> {
  t.comment(`seed ${seed}, ${rounds} rounds`)
  const random = new Random(seed)
  const ledger = new Ledger()
  const data = temporaryFolder(t)
  const kept = new Map(names.map((name) => [name, { requests: [], own: [] }]))
  let from = 0
  let fromFile = 0
  for (let round = 1; round <= rounds + 1; round++) {
    const server = await startServer(t, { settings, data })
    const members: Member[] = []
    for (const [index, name] of names.entries()) {
      const { talker, welcome } = await enter(t, server, name, round === 1, index === 0)
      takeAnswers(ledger, welcome)
      const member = { name, operator: index === 0, talker, random: random.fork(), ...lists(kept, name) }
      members.push(member)
      listen(ledger, member)
    }
    const others = await secondConnections(t, server, ledger)
    if (round === 1) await furnish(ledger, members)
    else {
      const last = round > rounds
      // In the end all of it is looked at once more, and not only what is new.
      const since = last ? { from: 0, fromFile: 0 } : { from, fromFile }
      await audit({ t, port: server.port, ledger, random, ...since }, members)
      await auditDatabase(ledger, data)
      from = Math.max(0, ...ledger.messages.keys())
      fromFile = Math.max(0, ...ledger.files.keys())
      const found = `round ${round - 1}: ${ledger.messages.size} messages, ${ledger.files.size} files`
      t.strictSame(ledger.problems.splice(0), [], found)
      t.strictSame(badLines(server), [], 'nothing went wrong at the start')
      if (last) return
    }
    const scene: Scene = { t, port: server.port, round, ledger, members, count: 0 }
    const over = run(scene)
    // The one time in these tests that time itself is what is wanted: any moment must do.
    const ms = random.integer(20, 800)
    setTimeout(() => server.child.kill('SIGKILL'), ms)
    t.strictSame(await server.exit, { code: null, signal: 'SIGKILL' }, `killed after ${ms} ms`)
    await over
    await Promise.all([...members.map(({ talker }) => talker.closed), ...others.map(({ closed }) => closed)])
  }
}

async function enter(t: Test, server: Server, name: string, first: boolean, operator: boolean) {
  if (first && operator) {
    const request = { action: 'createsuperuser', options: { name, password } }
    const answer = await askServer(server.data, request)
    if (!answer?.ok) throw new Error(JSON.stringify(answer))
  }
  return logIn(t, server.port, name, password, first && !operator)
}

/** What became of invitations while whoever had made them was not there to hear it. */
function takeAnswers(ledger: Ledger, { news }: Fields): void {
  const { answers } = news as { answers: { channel: string; user: string; answer: string }[] }
  for (const { answer, channel, user } of answers) {
    ledger.surelyNot(`request ${channel} ${user}`, 'pending')
    ledger.surelyNot(`request ${channel} ${user}`, answer === 'accepted' ? 'rejected' : 'accepted')
    ledger.surely(`told ${channel} ${user}`, 'yes')
  }
}

/** Some are connected twice: what they say themselves is shown to them there. */
async function secondConnections(t: Test, server: Server, ledger: Ledger): Promise<Talker[]> {
  const talkers: Talker[] = []
  for (const name of names.slice(1, 3)) {
    const { talker } = await logIn(t, server.port, name, password)
    // Invitations are for the first one to answer.
    listen(ledger, { name, operator: false, talker, random: new Random(0), requests: [], own: [] })
    talkers.push(talker)
  }
  return talkers
}

async function furnish(ledger: Ledger, members: readonly Member[]): Promise<void> {
  for (const { name, operator, talker } of members) {
    for (const room of publicRooms) {
      if (operator) await talker.data(`/join ${room}`)
      ledger.surely(`member ${room} ${name}`, operator ? 'in' : 'out')
    }
  }
}

function lists(kept: ReadonlyMap<string, Pick<Member, 'requests' | 'own'>>, name: string) {
  const found = kept.get(name)
  if (!found) throw new Error(`Nobody is called ${name}`)
  return found
}

/** What a server has logged as an error. */
function badLines({ stderr, stdout }: Server): string[] {
  return [
    ...stdout.text.split('\n').filter((line) => /"level":[56]0/.test(line)),
    ...stderr.text.split('\n'),
  ].filter((line) => line !== '')
}
