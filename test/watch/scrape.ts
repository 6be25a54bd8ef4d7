/** What a server tells Prometheus, by name and labels as they stand in the text: `name{a="b"}`. */
export type Scraped = ReadonlyMap<string, number>

/** Asks for the metrics, and reads them as Prometheus does: anything that is no such text is an error. */
export async function scrape(http: string): Promise<Scraped> {
  const response = await fetch(`${http}/metrics`)
  if (response.status !== 200) throw new Error(`/metrics answers ${response.status}`)
  return parseMetrics(await response.text())
}

/** The text format of Prometheus, 0.0.4. */
export function parseMetrics(text: string): Scraped {
  const values = new Map<string, number>()
  const types = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, name = '', type = ''] = /^# TYPE (\w+) (counter|gauge|histogram)$/.exec(line) ?? []
    if (name !== '') types.set(name, type)
    if (line === '' || /^# (HELP|TYPE) \w+ .+$/.test(line)) continue
    const [, series = '', base = '', value] =
      /^((\w+)(?:\{\w+="[^"\n]*"(?:,\w+="[^"\n]*")*\})?) (\S+)$/.exec(line) ?? []
    // prom-client says so of what it has not measured yet.
    const isNumber = value !== undefined && (/^nan$/i.test(value) || !Number.isNaN(Number(value)))
    if (!isNumber) throw new Error(`No metric: ${line}`)
    if (!types.has(base.replace(/_(bucket|sum|count)$/, '')) && !types.has(base))
      throw new Error(`No type: ${line}`)
    if (values.has(series)) throw new Error(`Twice: ${line}`)
    values.set(series, Number(value))
  }
  return values
}

/** What has changed between two scrapes, of the metrics that are named so. */
export function grown(before: Scraped, after: Scraped, ...names: readonly string[]): Record<string, number> {
  const differing = [...after].flatMap(([series, value]) => {
    const difference = value - (before.get(series) ?? 0)
    const [base = ''] = series.split('{')
    return difference !== 0 && names.includes(base) ? [[series, difference] as const] : []
  })
  return Object.fromEntries(differing)
}
