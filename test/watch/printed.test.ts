import { readFileSync } from 'node:fs'
import { collectDefaultMetrics, Registry } from 'prom-client'
import t from 'tap'
import { parse } from 'yaml'
import { alerts } from '../../server/operator/printed/alerts.ts'
import { rows } from '../../server/operator/printed/dashboard.ts'
import { measured } from '../../server/operator/watching/measured.ts'
import { definitions } from '../../server/operator/watching/metrics.ts'

interface Known {
  readonly type: string
  readonly labels: Readonly<Record<string, readonly string[] | undefined>>
}

/** Every series that there can be, by name; `undefined` for a label that is not ours. */
const known = new Map<string, Known>([
  // Prometheus' own.
  ['up', { type: 'gauge', labels: {} }],
  ...definitions.map(({ name, type, labels = {} }) => [name, { type, labels }] as const),
  ...Object.values(measured).flatMap(({ name }) => histogram(name)),
  ...ofProcess(),
])

function histogram(name: string): [string, Known][] {
  return [
    [`${name}_bucket`, { type: 'counter', labels: { le: undefined } }],
    [`${name}_sum`, { type: 'counter', labels: {} }],
    [`${name}_count`, { type: 'counter', labels: {} }],
  ]
}

function ofProcess(): [string, Known][] {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return registry.getMetricsAsArray().flatMap((metric): [string, Known][] => {
    // They know the names of their labels, though their type does not say so.
    const { labelNames = [] } = metric as { labelNames?: string[] }
    const labels = Object.fromEntries(labelNames.map((label) => [label, undefined]))
    const kind = metric.constructor.name.toLowerCase()
    return kind === 'histogram'
      ? histogram(metric.name).map(([name, { type }]) => [name, { type, labels }])
      : [[metric.name, { type: kind, labels }]]
  })
}

/** Labels that Prometheus adds to every series. */
const added = ['instance', 'job']

/** What is wrong with a query, as far as names go. */
function problemsOf(query: string): string[] {
  const found: string[] = []
  const selectors = [
    ...query.matchAll(/\b((?:partyline|process|nodejs)_\w+|up)\b(?:\{([^}]*)\})?(\[[^\]]*\])?/g),
  ]
  if (selectors.length === 0) found.push('no metric at all')
  for (const [, name = '', matchers = '', range] of selectors) {
    const metric = known.get(name)
    if (!metric) {
      found.push(`no metric ${name}`)
      continue
    }
    for (const [, label = '', operator, value = ''] of matchers.matchAll(/(\w+)(=~|!~|!=|=)"([^"]*)"/g)) {
      const values = metric.labels[label]
      if (!(label in metric.labels) && !added.includes(label)) found.push(`${name} has no label ${label}`)
      if (operator === '=' && values && !values.includes(value)) found.push(`${label} is never ${value}`)
    }
    if (range === undefined && metric.type === 'counter') found.push(`${name} only ever grows`)
    for (const [, labels = ''] of query.matchAll(/\b(?:by|without) \(([^)]*)\)/g))
      for (const label of labels.split(', '))
        if (label !== 'le' && !selectors.some(([, one = '']) => label in (known.get(one)?.labels ?? {})))
          found.push(`nothing has a label ${label}`)
  }
  for (const [open, close] of ['()', '{}', '[]'].map((pair) => [...pair] as [string, string]))
    if (query.split(open).length !== query.split(close).length) found.push(`${open} without ${close}`)
  return found
}

t.test('the check itself finds what is wrong', async (t) => {
  t.same(problemsOf('sum(rate(partyline_nonsense_total[5m]))'), ['no metric partyline_nonsense_total'])
  t.same(problemsOf('partyline_ready{color="red"} == 0'), ['partyline_ready has no label color'])
  t.same(problemsOf('rate(partyline_commits_total{outcome="lost"}[5m])'), ['outcome is never lost'])
  t.same(problemsOf('partyline_writes_total > 3'), ['partyline_writes_total only ever grows'])
  t.same(problemsOf('sum by (color) (partyline_ready)'), ['nothing has a label color'])
  t.same(problemsOf('sum(partyline_ready'), ['( without )'])
  t.same(problemsOf('1 > 0'), ['no metric at all'])
})

t.test('names follow the conventions of Prometheus', async (t) => {
  const names = [...definitions, ...Object.values(measured)].map(({ name }) => name)
  t.equal(new Set(names).size, names.length)
  for (const { help, labels = {}, name, type } of definitions) {
    t.match(name, /^partyline(_[a-z]+)+$/)
    t.equal(name.endsWith('_total'), type === 'counter', `${name}: counters, and nothing else, are totals`)
    t.notMatch(name, /_(ms|milliseconds|kb|mb|minutes)\b/, 'in base units')
    t.match(help, /^[A-Z0-9].*\.$/)
    const combinations = Object.values(labels).reduce((product, values) => product * values.length, 1)
    t.ok(combinations <= 200, `${name}: ${combinations} series`)
  }
})

t.test('the dashboard', async (t) => {
  const text = readFileSync('docs/grafana-dashboard.json', 'utf8')
  const dashboard = JSON.parse(text) as {
    panels: {
      id: number
      type: string
      title: string
      gridPos: { x: number; y: number; w: number; h: number }
      targets?: { expr: string; refId: string }[]
    }[]
    templating: { list: { name: string }[] }
  }
  const { panels } = dashboard
  t.equal(panels.length, rows.length + rows.flatMap((row) => row.panels).length)
  t.equal(new Set(panels.map(({ id }) => id)).size, panels.length)
  const cells = new Set<string>()
  for (const { gridPos, targets = [], title, type } of panels) {
    t.ok(gridPos.x + gridPos.w <= 24, title)
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        if (cells.has(`${x} ${y}`)) t.fail(`${title} lies over another panel`)
        cells.add(`${x} ${y}`)
      }
    if (type !== 'row') t.ok(targets.length > 0, title)
    t.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length, title)
    for (const { expr } of targets) t.same(problemsOf(expr), [], expr)
  }
  const variables = dashboard.templating.list.map(({ name }) => name)
  for (const [, name = ''] of text.matchAll(/\$(?!__)(\w+)/g)) t.ok(variables.includes(name), `$${name}`)
})

t.test('the alerts', async (t) => {
  const { groups } = parse(readFileSync('docs/alerts.yaml', 'utf8')) as {
    groups: {
      name: string
      rules: { alert: string; expr: string; for: string; labels: object; annotations: object }[]
    }[]
  }
  const rules = groups.flatMap((group) => group.rules)
  t.same(
    rules.map(({ alert }) => alert),
    alerts.map(({ name }) => name),
  )
  t.equal(new Set(rules.map(({ alert }) => alert)).size, rules.length)
  for (const { alert, annotations, expr, labels, for: time } of rules) {
    t.match(alert, /^Partyline[A-Z]\w+$/)
    t.same(problemsOf(expr), [], expr)
    t.match(expr, / (==|<|>) [\d.]+$/, 'it says when')
    t.match(time, /^\d+[mh]$/)
    t.match(labels, { severity: /^(page|ticket)$/ })
    t.match(
      annotations,
      { summary: /^[A-Z].*\.$/, description: /^([A-Z]|partyline ).*\.$/ },
      'and what to do',
    )
  }
})

t.test('the page has every metric and every alert', async (t) => {
  const page = readFileSync('docs/metrics.md', 'utf8')
  for (const { name } of [...definitions, ...Object.values(measured), ...alerts])
    t.match(page, `| \`${name}\``)
  for (const [, name = ''] of page.matchAll(/`((?:process|nodejs)_\w*[a-z])`/g))
    t.ok(known.has(name) || known.has(`${name}_count`), name)
})
