import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Measures } from '../../chat/machine/counts.ts'
import { measured } from './measured.ts'
import type { Definition, Labels, Measured } from './metric.ts'
import { definitions } from './metrics.ts'
import type { Survey } from './survey.ts'

/** The histograms of a server, and the text that Prometheus reads. */
export class Metrics {
  readonly measures: { readonly [Name in keyof Measures]: Histogram }
  readonly #registry = new Registry()
  readonly #process: Registry | undefined
  readonly #read: readonly ((survey: Survey) => void)[]

  /** `ofProcess`: also what there is to know of the process, which costs a timer and a look at each garbage collection. */
  constructor(ofProcess: boolean) {
    this.#process = ofProcess ? processMetrics() : undefined
    const registers = [this.#registry]
    this.#read = definitions.map((definition) => readerOf(definition, this.#registry))
    const histogram = ({ name, help, buckets }: Measured) =>
      new Histogram({ name, help, buckets: [...buckets], registers })
    this.measures = {
      commitSeconds: histogram(measured.commitSeconds),
      commitChanges: histogram(measured.commitChanges),
      fanoutSeconds: histogram(measured.fanoutSeconds),
      passwordSeconds: histogram(measured.passwordSeconds),
    }
  }

  /** In the text format of Prometheus. */
  async print(survey: Survey): Promise<{ type: string; text: string }> {
    for (const read of this.#read) read(survey)
    const text = await this.#registry.metrics()
    return {
      type: this.#registry.contentType,
      text: this.#process ? `${text}\n${await this.#process.metrics()}` : text,
    }
  }
}

/** Registers a metric. The answer takes its values over from a survey. */
function readerOf(
  { help, labels = {}, name, read, type }: Definition,
  registry: Registry,
): (survey: Survey) => void {
  const options = { name, help, labelNames: Object.keys(labels), registers: [registry] }
  const metric = type === 'counter' ? new Counter(options) : new Gauge(options)
  const all = combinations(Object.entries(labels))
  return (survey) => {
    const value = read(survey)
    metric.reset()
    if (value === undefined) metric.remove({})
    else if (typeof value === 'number') metric.inc(value)
    else {
      // A rate can be told from the first time something happens only if there was a 0 before.
      for (const labels of all) metric.inc(labels, 0)
      for (const [labels, one] of value) metric.inc(labels, one)
    }
  }
}

function combinations([first, ...others]: readonly (readonly [string, readonly string[]])[]): Labels[] {
  if (!first) return [{}]
  const [label, values] = first
  return values.flatMap((value) => combinations(others).map((labels) => ({ [label]: value, ...labels })))
}

let ofProcess: Registry | undefined

/** prom-client's own metrics of the process: it has one event loop and one heap, however many servers run in it. */
function processMetrics(): Registry {
  if (!ofProcess) {
    ofProcess = new Registry()
    collectDefaultMetrics({ register: ofProcess })
  }
  return ofProcess
}

/** Mean, and a bound that 99 % stay within, of what a histogram has seen; 0 where it has seen nothing. */
export async function summaryOf(histogram: Histogram): Promise<{ count: number; mean: number; p99: number }> {
  const { values } = await histogram.get()
  const named = (end: string) => values.filter(({ metricName }) => metricName?.endsWith(end))
  const count = named('_count')[0]?.value ?? 0
  const sum = named('_sum')[0]?.value ?? 0
  const buckets = named('_bucket').map(({ labels, value }) => ({ bound: Number(labels['le']), value }))
  const bounds = buckets.filter(({ bound }) => Number.isFinite(bound))
  const within = bounds.find(({ value }) => value >= 0.99 * count) ?? bounds.at(-1)
  return { count, mean: count === 0 ? 0 : sum / count, p99: count === 0 ? 0 : (within?.bound ?? 0) }
}
