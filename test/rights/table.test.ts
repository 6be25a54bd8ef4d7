import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { areas, type Command } from '../../server/commands/command.ts'
import { commands } from '../../server/commands/index.ts'
import { directoryFor } from '../support/directory.ts'
import { prepareStage, states } from './cast.ts'
import { Player } from './player.ts'
import { type Sample, samplesOn } from './samples.ts'

const file = 'docs/rights.md'
/** Plain text is listed before this command. */
const sayBefore = 'msg'

t.setTimeout(600_000)

t.test('what each command does for whom is as the table says, in both dialects', async (t) => {
  const folder = directoryFor(t)
  const stage = await prepareStage(join(folder, 'stage'))
  const samples = samplesOn(stage)
  t.same(
    Object.keys(samples).sort(),
    ['', ...commands.map(({ name }) => name)].sort(),
    'every command has a sample, and every sample a command',
  )
  let scenes = 0
  const directory = () => join(folder, `scene-${++scenes}`)
  const players = new Map(states.map((state) => [state, new Player(stage, state, directory)]))
  t.teardown(() => Promise.all([...players.values()].map((player) => player.leave())))
  const tried = async (sample: Sample) => {
    // Each has a server of its own, so nobody has to wait for the others.
    const cells = await Promise.all(
      [...players].map(async ([state, player]) => {
        const json = await player.attempt(sample, 'json')
        const text = await player.attempt(sample, 'text', json)
        if (json.cell !== text.cell) t.fail(`${state}: ${sample.line}: JSON and text differ`, { json, text })
        return json.cell
      }),
    )
    return row([`\`${sample.shown ?? sample.line}\``, ...cells])
  }
  const written: string[] = [head]
  for (const area of areas) {
    written.push('', `## ${title(area)}`, '', row(['', ...states]), row(['---', ...states.map(() => '---')]))
    for (const { name } of commands.filter((command: Command) => command.area === area)) {
      if (name === sayBefore) for (const sample of samples[''] ?? []) written.push(await tried(sample))
      for (const sample of samples[name] ?? []) written.push(await tried(sample))
    }
  }
  const table = `${written.join('\n')}\n`
  if (process.env['UPDATE_RIGHTS']) writeFileSync(file, table)
  else t.equal(table, readFileSync(file, 'utf8'), `${file}: UPDATE_RIGHTS=1 writes it anew`)
})

function title(area: string): string {
  return `${area[0]?.toUpperCase()}${area.slice(1)}`
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

const head = `<!-- Printed by \`UPDATE_RIGHTS=1 npx tap test/rights/table.test.ts\`: do not edit. -->
# Who may do what

A test does each of these lines with a running server, as each of these people, in the text and in the JSON
dialect, and compares what comes of it with this table: \`yes\`, or the code of the error
([errors.md](errors.md)). What can be seen of a private channel from outside is tested separately:
nothing but that its name is taken, and that only by those who could make a channel of that name.

| who | that is |
| --- | --- |
| visitor | somebody connected, and nobody yet |
| guest | has a nick and no account, and is in #tea |
| outside | has an account, and is not in #tea |
| member | is in #tea |
| moderator | is made one by the admin of #tea |
| admin | is the admin of #tea now: lea has handed it on, and is a plain member |
| muted | is in #tea and may not speak there |
| banned | was in #tea, and is kept out |
| removed | was in #tea, and may come back |
| blocked | is in #tea, and bob hears nothing from them (and they are not told) |
| operator | is in neither of the channels, and an operator of the server |
| token read | is in #tea, and came in by a token made with \`/token bot read\` |
| token write | the same, with \`/token bot write\` |
| token of #tea | the same, with \`/token bot all #tea\` |
| operator's token | is the operator, who came in by a token made with \`/token bot\` |

#tea is a public channel, in which are lea, its admin, bob, mona, a moderator, and emil, who is muted; dora is
banned from it. #den is private, and lea and bob are in it. carl is offline. Request 2 asks the one who tries it
into #cups, unless that is an operator or a guest. Files are sent and got by tokens besides (\`/put\` and \`/get\` as
the first line of a connection), which anybody may use who has been given one.`
