import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { ThreadKind } from './threads.ts'

/** A recording of `perf` that runs. */
export interface Recording {
  /** Ends it; answers how often each kind of thread was seen in each kind of code. */
  stop(kindOf: (thread: number) => ThreadKind): Promise<Map<ThreadKind, Map<string, number>>>
}

/** Looks at a process a thousand times a second of its processor time; whoever may not do that gets an empty answer. */
export function record(folder: string, pid: number): Recording {
  const file = join(folder, `perf-${pid}.data`)
  const args = ['record', '-q', '-e', 'cpu-clock', '-F', '1000', '-p', String(pid), '-o', file]
  const child = spawn('perf', args, { stdio: 'ignore' })
  const ended = once(child, 'exit')
  return {
    async stop(kindOf) {
      child.kill('SIGINT')
      await ended
      const fields = ['-F', 'tid,ip,sym,dso', '--no-inline']
      const script = spawnSync('perf', ['script', '-i', file, ...fields], {
        encoding: 'utf8',
        maxBuffer: 2 ** 28,
      })
      const seen = new Map<ThreadKind, Map<string, number>>()
      for (const line of script.stdout.split('\n')) {
        const [, thread, symbol = '', object = ''] =
          /^\s*(\d+)\s+[0-9a-f]+ (.*) \(([^()]*)\)$/.exec(line) ?? []
        if (thread === undefined) continue
        const kind = kindOf(Number(thread))
        const counts = seen.get(kind) ?? new Map<string, number>()
        const code = codeOf(symbol, object)
        counts.set(code, (counts.get(code) ?? 0) + 1)
        seen.set(kind, counts)
      }
      return seen
    },
  }
}

const collecting = /Scaveng|Mark-?Compact|Marking|Sweep|Evacuat|::Heap::|Pretenur|RememberedSet|GlobalHandles/

function codeOf(symbol: string, object: string): string {
  if (object.startsWith('[kernel') || object.startsWith('[guest')) return 'kernel'
  if (object.startsWith('[vdso')) return 'C library'
  if (object.includes('sqlite')) return 'SQLite and its binding'
  if (/\/(?:libc|libstdc\+\+|libpthread|libm|ld-linux)[-.]/.test(object))
    return /alloc|free|arena|tcache/.test(symbol) ? 'malloc and free' : 'C library'
  if (/^(?:\/\/anon|\[unknown\]|anon_inode|\[anon)|perf-\d+\.map$|memfd/.test(object))
    return 'compiled JavaScript'
  if (symbol.startsWith('Builtins_')) return "V8's built-in functions and interpreter"
  if (collecting.test(symbol)) return 'garbage collection'
  if (/^(?:uv_|uv__)/.test(symbol)) return 'libuv'
  return symbol.startsWith('node::') ? "Node's own native code" : "V8's own native code"
}
