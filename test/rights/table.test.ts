import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { areas, type Command } from '../../server/commands/command.ts'
import { commands } from '../../server/commands/index.ts'
import type { LineClient } from '../support/client.ts'
import { attempt, type Outcome } from './attempt.ts'
import { prepareStage, Scene, type Stage, type State, states } from './cast.ts'
import { type Sample, samplesOn } from './samples.ts'

const file = 'docs/rights.md'
/** Plain text is listed before this command. */
const sayBefore = 'msg'

// Everything is tried on a server of its own, because what works changes what comes next.
t.setTimeout(600_000)

t.test('what each command does for whom is as the table says, in both dialects', async (t) => {
  const folder = t.testdir()
  const stage = await prepareStage(join(folder, 'stage'))
  const samples = samplesOn(stage)
  t.same(
    Object.keys(samples).sort(),
    ['', ...commands.map(({ name }) => name)].sort(),
    'every command has a sample, and every sample a command',
  )
  let scenes = 0
  const tried = async (sample: Sample) => {
    // Each has a server of its own, so nobody has to wait for the others.
    const cells = await Promise.all(
      states.map(async (state) => {
        const directory = () => join(folder, `scene-${++scenes}`)
        const { json, text } = await inBothDialects(stage, directory, state, sample)
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

async function inBothDialects(
  stage: Stage,
  directory: () => string,
  state: State,
  sample: Sample,
): Promise<{ json: Outcome; text: Outcome }> {
  const inScene = async <T>(use: (client: LineClient) => Promise<T>): Promise<T> => {
    const scene = await Scene.open(stage, directory(), sample.config)
    try {
      return await use(await scene.enter(state))
    } finally {
      await scene.close()
    }
  }
  const both = await inScene(async (client) => {
    const json = await attempt(client, state, sample, 'json')
    // What was refused has changed nothing, so the same person can try it again.
    const again = json.cell !== 'yes' && !sample.before && !sample.answers
    return { json, text: again ? await attempt(client, state, sample, 'text', json) : undefined }
  })
  const { json, text } = both
  return { json, text: text ?? (await inScene((client) => attempt(client, state, sample, 'text', json))) }
}

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
