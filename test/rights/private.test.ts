import { join } from 'node:path'
import t from 'tap'
import { directoryFor } from '../support/directory.ts'
import { dialects } from './attempt.ts'
import { prepareStage, Scene, type Stage, type State } from './cast.ts'
import { Player } from './player.ts'
import { type Sample, samplesOn } from './samples.ts'

t.setTimeout(300_000)

/** There is a private #den, in which they are not, and no #dun. */
const there = '#den'
const nowhere = '#dun'
/** What is said and sent in it. */
const inside = /#den|zanzibar/

interface Rules {
  readonly state: State
  readonly create: 'members' | 'operators'
  /** What only those can do who could take the name themselves, and so learn that it is taken. */
  readonly told: readonly string[]
}

const rules: readonly Rules[] = [
  { state: 'visitor', create: 'members', told: [] },
  { state: 'guest', create: 'members', told: [] },
  { state: 'outside', create: 'operators', told: [] },
  { state: 'token read', create: 'members', told: [] },
  { state: 'token of #tea', create: 'members', told: [] },
  { state: 'outside', create: 'members', told: ['/join #den', '/create #den'] },
]

for (const { create, state, told } of rules) {
  t.test(
    `a private channel is as good as none to whom is ${state}, where ${create} make channels`,
    async (t) => {
      const folder = directoryFor(t)
      const stage = await prepareStage(join(folder, 'stage'))
      let scenes = 0
      const directory = () => join(folder, `scene-${++scenes}`)
      const player = new Player(stage, state, directory, { 'channels.create': create })
      t.teardown(() => player.leave())
      const different = new Set<string>()
      for (const sample of channelSamples(stage)) {
        for (const dialect of dialects) {
          const one = await player.attempt(sample, dialect)
          const line = sample.line.replaceAll(there, nowhere)
          const other = await player.attempt({ ...sample, line }, dialect)
          const answers = other.lines.map((answer) => answer.replaceAll(nowhere, there))
          if (one.lines.join('\n') !== answers.join('\n')) different.add(sample.line)
          if (told.includes(sample.line)) break
          t.same(one.lines, answers, `${sample.line} in ${dialect}`)
        }
      }
      t.same([...different].sort(), [...told].sort(), 'nothing else tells it')
      const leaks: string[] = []
      for (const sample of otherSamples(stage)) {
        for (const dialect of dialects) {
          const { lines } = await player.attempt(sample, dialect)
          leaks.push(...lines.filter((line) => inside.test(line)))
        }
      }
      t.same(leaks, [], 'nor does it show in lists')
    },
  )
}

t.test('who is in it sees what the others must not', async (t) => {
  const stage = await prepareStage(join(directoryFor(t), 'stage'))
  const scene = await Scene.open(stage, join(t.testdirName, 'scene'))
  const bob = await scene.login('bob')
  for (const line of ['/channels', '/history #den', '/search zanzibar', '/files', '/whois lea'])
    t.match((await bob.ask(line)).join('\n'), inside, line)
  await scene.close()
})

/** Every sample in which a channel is named, about the private one. */
function channelSamples(stage: Stage): Sample[] {
  const samples = all(stage)
    .map(({ answers, line }) => ({ answers, line: line.replace(/#[a-z]+/g, there) }))
    .filter(({ line }) => line.includes(there))
  // Nothing comes to questions, so there are no answers to them; but what is pasted has its end.
  return [
    ...new Map(
      samples.map(({ answers, line }) => [line, answers?.at(-1) === '.' ? { line, answers } : { line }]),
    ).values(),
  ]
}

/** The others, with what they list. */
function otherSamples(stage: Stage): Sample[] {
  return [...all(stage).filter(({ line }) => !line.includes('#')), { line: '/search zanzibar' }]
}

function all(stage: Stage): Sample[] {
  return Object.values(samplesOn(stage)).flat()
}
