import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'

/** What `node --cpu-prof` writes; times in microseconds of the monotonic clock, which process.hrtime has too. */
const profileSchema = z.object({
  startTime: z.number(),
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
})

type Frame = z.output<typeof profileSchema>['nodes'][number]['callFrame']

/** How often a thread was seen in what, while it was not idle. */
export interface Seen {
  readonly total: number
  /** By kind, and JavaScript by file; the most first. */
  readonly kinds: readonly (readonly [string, number])[]
  readonly files: readonly (readonly [string, number])[]
}

/** The profile of the main thread in a folder, between two times of the monotonic clock (microseconds). */
export function readCpuProfile(folder: string, pid: number, from: number, to: number): Seen {
  const file = readdirSync(folder).find((name) => name.includes(`.${pid}.0.`))
  if (file === undefined) throw new Error('Node has written no profile: the server did not end by itself.')
  const profile = profileSchema.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')))
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]))
  const kinds = new Map<string, number>()
  const files = new Map<string, number>()
  let total = 0
  let at = profile.startTime
  for (const [index, id] of profile.samples.entries()) {
    at += profile.timeDeltas[index] ?? 0
    const frame = frames.get(id)
    if (at < from || at > to || !frame || frame.functionName === '(idle)') continue
    const { kind, source } = placeOf(frame)
    total++
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    if (source !== undefined) files.set(source, (files.get(source) ?? 0) + 1)
  }
  const sorted = (counts: ReadonlyMap<string, number>) => [...counts].sort(([, a], [, b]) => b - a)
  return { total, kinds: sorted(kinds), files: sorted(files) }
}

function placeOf({ functionName, url, lineNumber }: Frame): { kind: string; source?: string } {
  if (functionName === '(garbage collector)') return { kind: 'garbage collection' }
  if (functionName === '(program)') return { kind: 'native code that no JavaScript has called' }
  if (url.startsWith('node:')) return { kind: "Node's JavaScript", source: url }
  if (!url.startsWith('file:')) return { kind: 'native functions that JavaScript calls' }
  const source = sourceOf(fileURLToPath(url), lineNumber)
  return source.includes('node_modules/')
    ? { kind: 'JavaScript of libraries', source: source.replace(/.*node_modules\//, '') }
    : { kind: 'JavaScript of ours', source }
}

const sourceLines = new Map<string, readonly { readonly line: number; readonly source: string }[]>()

/** Which of our files a line of dist/ was in: esbuild puts the name of each before what was in it. */
function sourceOf(file: string, line: number): string {
  let begins = sourceLines.get(file)
  if (!begins) {
    begins = readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((text, at) => {
        const source = /^\s*\/\/ ((?:server|node_modules)\/\S+\.[cm]?[jt]sx?)$/.exec(text)?.[1]
        return source === undefined ? [] : [{ line: at, source }]
      })
    sourceLines.set(file, begins)
  }
  return begins.findLast((begin) => begin.line <= line)?.source ?? file
}
