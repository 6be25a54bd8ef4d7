import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'

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

/** A number as tables show it: three digits that count. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (value >= 1e6) return `${(value / 1e6).toPrecision(3)} M`
  if (value >= 1e5) return `${(value / 1e6).toFixed(2)} M`
  if (value >= 100) return Math.round(value).toLocaleString('en')
  return value.toPrecision(value < 0.1 ? 2 : 3)
}

/** A Markdown table of figures: all columns but the first are aligned to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'))
  return [head, rule, ...rows].map(line).join('\n')
}

/** How busy the machine was before the benchmark began; on a busy one only the ratios mean anything, and they little. */
const [loadBefore = 0] = loadavg()

/** On what it was measured, and when. */
export function surroundings(): string {
  const [cpu] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  const date = new Date().toISOString().slice(0, 10)
  return `${date}, ${cpus().length} cores (${cpu?.model.trim()}), ${memory} GiB, Linux ${release().replace(/-.*/, '')}, load average before it began ${loadBefore.toFixed(1)}`
}

const file = new URL('../../docs/benchmarks.md', import.meta.url)

/** Puts a part of docs/benchmarks.md in the place of what stood there, and prints it. */
export function publish(part: 'chat' | 'growth' | 'accounts', text: string): void {
  process.stdout.write(`\n${text}\n`)
  const [begin, end] = [`<!-- ${part}: printed by the benchmark -->`, `<!-- end of ${part} -->`]
  const page = readFileSync(file, 'utf8')
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/benchmarks.md has no place for the part "${part}".`)
  writeFileSync(file, `${page.slice(0, from)}${begin}\n\n${text}\n\n${page.slice(to)}`)
}
