import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, release } from 'node:os'

/** What else the machine had to do when the benchmark began. */
const loadBefore = loadavg()[0] ?? Number.NaN

/** The value below which this part of all is; 0.5 is the median, 1 the greatest. Between two it is in proportion. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const place = (sorted.length - 1) * part
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place % 1)
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)].join(
    '\n',
  )
}

/** The type of the file system that a folder is on. */
export function fileSystemOf(folder: string): string {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, point = '-']) => `${folder}/`.startsWith(point === '/' ? '/' : `${point}/`))
    .sort(([, one = ''], [, other = '']) => one.length - other.length)
  return mounts.at(-1)?.[2] ?? 'unknown'
}

/** On what it was measured, and when. */
export function surroundings(folder: string): string {
  const [cpu] = cpus()
  const date = new Date().toISOString().slice(0, 10)
  const machine = `${cpus().length} cores (${cpu?.model.trim()}), Linux ${release().replace(/-.*/, '')}`
  return `${date}: ${machine}, Node ${process.version}, ${fileSystemOf(folder)}, load average ${loadBefore.toFixed(1)} before`
}

export function publish(text: string): void {
  writeFileSync(new URL('../../docs/benchmarks-files.md', import.meta.url), text)
}
