import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import type { Speech } from './contenders.ts'
import type { Load } from './loads.ts'
import { type Cores, isInstalled, measure } from './processes.ts'

const resultSchema = z.object({
  joined: z.number(),
  gone: z.number(),
  stalled: z.number(),
  helloSeconds: z.number(),
  joinSeconds: z.number(),
  /** Of the server. */
  joinCpuSeconds: z.number(),
  kibBefore: z.number(),
  kibAfter: z.number(),
  seconds: z.number(),
  messages: z.number(),
  deliveries: z.number(),
  lost: z.number(),
  repeated: z.number(),
  gaps: z.number(),
  unreadable: z.number(),
  serverSeconds: z.number(),
  generatorSeconds: z.number(),
  /** Milliseconds. */
  p50: z.number(),
  p99: z.number(),
  p999: z.number(),
})

/** What the generator counted. */
export type Result = z.output<typeof resultSchema>

/** The load generator, ready to be started. */
export interface Generator {
  readonly language: 'C' | 'TypeScript'
  run(
    target: { readonly port: number; readonly pid: number },
    speech: Partial<Speech>,
    load: Load,
    /** Called when the measurement begins, after the clients have come in and have talked for a while, and when it ends. */
    when?: { readonly begins: () => void; readonly ends: () => void },
  ): Promise<Result>
}

/** The one in C where it can be compiled; otherwise the one in TypeScript, which is slower than the servers. */
export function generatorIn(folder: string, cores: Cores): Generator {
  const source = (file: string) => fileURLToPath(new URL(file, import.meta.url))
  const binary = join(folder, 'load')
  const inC =
    isInstalled('cc') &&
    spawnSync('cc', ['-O2', '-o', binary, source('load.c')], { stdio: 'inherit' }).status === 0
  const command = inC ? [binary] : [process.execPath, '--import=tsx', source('load.ts')]
  return {
    language: inC ? 'C' : 'TypeScript',
    async run(target, speech, load, when) {
      const words = Object.entries({ ...speech, ...load, ...target }).flatMap(([name, value]) => [
        name,
        String(value),
      ])
      let result = ''
      await measure([...command, ...words], cores, (line) => {
        if (line === 'begins') when?.begins()
        else if (line === 'ends') when?.ends()
        else result = line
      })
      return resultSchema.parse(JSON.parse(result))
    },
  }
}

/** What must not have happened, in words; undefined if all is well. */
export function wrongIn(result: Result, load: Load): string | undefined {
  const { joined, gone, stalled, lost, repeated, gaps, unreadable } = result
  const counts = { missing: load.clients - joined, gone, stalled, lost, repeated, gaps, unreadable }
  const wrong = Object.entries(counts).filter(([, count]) => count !== 0)
  return wrong.length === 0 ? undefined : wrong.map(([name, count]) => `${name} ${count}`).join(', ')
}
