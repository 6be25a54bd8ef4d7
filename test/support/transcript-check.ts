import { TestServer } from './server.ts'
import { type Expectation, parseTranscript, type Step, type Transcript } from './transcript.ts'
import { type Seen, TranscriptPlayer } from './transcript-player.ts'

/**
 * Plays a transcript in an empty directory. Answers undefined if everybody read exactly what it says, in
 * order and at that step, and otherwise a description of the first step at which they did not.
 *
 * @throws {TranscriptError} if it cannot be read
 */
export async function checkTranscript(
  source: string,
  name: string,
  directory: string,
): Promise<string | undefined> {
  const transcript = parseTranscript(source, name)
  return withPlayer(transcript, directory, async (player) => {
    for (const step of transcript.steps) {
      const seen = await player.play(step, true)
      const difference = compare(step, seen)
      if (difference !== undefined) return `${name}:${step.line}: ${step.text}\n${difference}`
    }
    return undefined
  })
}

/** Plays a transcript and answers it with what everybody read. What is right already stays as it is. */
export async function updatedTranscript(source: string, name: string, directory: string): Promise<string> {
  const transcript = parseTranscript(source, name)
  return withPlayer(transcript, directory, async (player) => {
    const first = transcript.steps[0]?.line ?? transcript.lines.length + 1
    const written = transcript.lines.slice(0, first - 1)
    for (const [index, step] of transcript.steps.entries()) {
      const end = transcript.steps[index + 1]?.line ?? transcript.lines.length + 1
      const block = transcript.lines.slice(step.line, end - 1)
      const seen = await player.play(step, false)
      written.push(step.text)
      if (compare(step, seen) === undefined) {
        written.push(...block)
      } else {
        const expected = new Set(step.expected.map(({ line }) => line))
        written.push(...ordered(step, seen).flatMap((one) => one.lines))
        written.push(...block.filter((_, offset) => !expected.has(step.line + 1 + offset)))
      }
    }
    return `${written.join('\n')}\n`
  })
}

async function withPlayer<T>(
  transcript: Transcript,
  directory: string,
  use: (player: TranscriptPlayer) => Promise<T>,
): Promise<T> {
  const server = await TestServer.start({ directory, config: transcript.config })
  const player = new TranscriptPlayer(server)
  try {
    await player.prepare(transcript)
    return await use(player)
  } finally {
    await player.end()
  }
}

/** Who acts comes first. */
function ordered({ action }: Step, seen: readonly Seen[]): Seen[] {
  const acts = ({ who }: Seen) => 'who' in action && action.who === who
  return [...seen.filter(acts), ...seen.filter((one) => !acts(one))]
}

/** What is different from what was expected, person by person; undefined if nothing is. */
function compare(step: Step, seen: readonly Seen[]): string | undefined {
  const people = new Set([...seen.map(({ who }) => who), ...step.expected.map(({ who }) => who)])
  const differences = [...people].flatMap((who) => {
    const wanted = step.expected.filter((one) => one.who === who).map(written)
    const got = seen.find((one) => one.who === who)?.lines ?? []
    return wanted.join('\n') === got.join('\n') ? [] : difference(wanted, got)
  })
  return differences.length === 0 ? undefined : differences.join('\n')
}

function written({ who, what, text }: Expectation): string {
  return what === 'reads' ? `${who} < ${text}`.trimEnd() : `${who} ${what}`
}

/** `-` is what the transcript says, `+` what came. */
function difference(wanted: readonly string[], got: readonly string[]): string[] {
  const same = (a: readonly string[], b: readonly string[]) => {
    const end = a.findIndex((line, index) => line !== b[index])
    return end < 0 ? a.length : end
  }
  const head = same(wanted, got)
  const tail = Math.min(
    same([...wanted].reverse(), [...got].reverse()),
    wanted.length - head,
    got.length - head,
  )
  return [
    ...wanted.slice(0, head).map((line) => `    ${line}`),
    ...wanted.slice(head, wanted.length - tail).map((line) => `  - ${line}`),
    ...got.slice(head, got.length - tail).map((line) => `  + ${line}`),
    ...wanted.slice(wanted.length - tail).map((line) => `    ${line}`),
  ]
}
