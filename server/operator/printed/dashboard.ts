type Unit = 'short' | 's' | 'bytes' | 'Bps' | 'ops' | 'percentunit' | 'bool_yes_no'

/** One chart: its title, its unit, and a legend with a PromQL query for each of its lines. */
export interface Panel {
  readonly title: string
  readonly unit: Unit
  /** A single number instead of lines over time. */
  readonly stat?: true
  readonly queries: readonly (readonly [legend: string, query: string])[]
}

interface Row {
  readonly title: string
  readonly panels: readonly Panel[]
}

/** The labels that select the server; the dashboard has a list of them. */
const here = '{instance=~"$instance"}'

function of(metric: string, matchers = ''): string {
  return matchers === '' ? `${metric}${here}` : `${metric}{instance=~"$instance", ${matchers}}`
}

function rate(metric: string, matchers = ''): string {
  return `rate(${of(metric, matchers)}[$__rate_interval])`
}

function quantiles(histogram: string): Panel['queries'] {
  return ['0.5', '0.9', '0.99'].map((quantile) => [
    `${Number(quantile) * 100} %`,
    `histogram_quantile(${quantile}, sum by (le) (${rate(`${histogram}_bucket`)}))`,
  ])
}

export const rows: readonly Row[] = [
  {
    title: 'At a glance',
    panels: [
      { title: 'Ready', unit: 'bool_yes_no', stat: true, queries: [['', `min(${of('partyline_ready')})`]] },
      {
        title: 'People online',
        unit: 'short',
        stat: true,
        queries: [['', `sum(${of('partyline_people_online')})`]],
      },
      {
        title: 'Messages a second',
        unit: 'ops',
        stat: true,
        queries: [['', `sum(${rate('partyline_messages_total')})`]],
      },
      {
        title: 'Disk free',
        unit: 'percentunit',
        stat: true,
        queries: [['', `min(${of('partyline_disk_free_bytes')} / ${of('partyline_disk_size_bytes')})`]],
      },
    ],
  },
  {
    title: 'People and connections',
    panels: [
      {
        title: 'Connections',
        unit: 'short',
        queries: [
          ['{{dialect}} {{transport}}', `sum by (dialect, transport) (${of('partyline_connections')}) > 0`],
          ['limit', `sum(${of('partyline_connections_limit')})`],
        ],
      },
      {
        title: 'People online',
        unit: 'short',
        queries: [['{{kind}}', `sum by (kind) (${of('partyline_people_online')})`]],
      },
      {
        title: 'Connections refused and given up',
        unit: 'ops',
        queries: [
          ['{{reason}}', `sum by (reason) (${rate('partyline_connections_refused_total')})`],
          ['TLS failed', `sum(${rate('partyline_tls_handshakes_total', 'outcome="failed"')})`],
          ['read too slowly', `sum(${rate('partyline_slow_readers_total')})`],
        ],
      },
      {
        title: 'Until the first certificate expires',
        unit: 's',
        queries: [['left', `min(${of('partyline_certificate_end_timestamp_seconds')}) - time()`]],
      },
      {
        title: 'Logins',
        unit: 'ops',
        queries: [
          ['{{kind}}', `sum by (kind) (${rate('partyline_logins_total')})`],
          ['failed: {{reason}}', `sum by (reason) (${rate('partyline_login_failures_total')})`],
        ],
      },
    ],
  },
  {
    title: 'Talking',
    panels: [
      {
        title: 'Messages',
        unit: 'ops',
        queries: [['{{kind}}', `sum by (kind) (${rate('partyline_messages_total')})`]],
      },
      {
        title: 'Deliveries',
        unit: 'ops',
        queries: [['{{event}}', `sum by (event) (${rate('partyline_deliveries_total')}) > 0`]],
      },
      {
        title: 'Commands',
        unit: 'ops',
        queries: [['{{command}}', `topk(10, sum by (command) (${rate('partyline_commands_total')}) > 0)`]],
      },
      {
        title: 'Errors told',
        unit: 'ops',
        queries: [['{{code}}', `topk(10, sum by (code) (${rate('partyline_failures_total')}) > 0)`]],
      },
    ],
  },
  {
    title: 'How long it takes',
    panels: [
      { title: 'Commit', unit: 's', queries: quantiles('partyline_commit_seconds') },
      { title: 'Fan-out', unit: 's', queries: quantiles('partyline_fanout_seconds') },
      {
        title: 'Event loop delay',
        unit: 's',
        queries: [['{{percentile}} %', of('partyline_event_loop_delay_seconds')]],
      },
      {
        title: 'Passwords',
        unit: 's',
        queries: quantiles('partyline_password_seconds'),
      },
      {
        title: 'Changes in a commit',
        unit: 'short',
        queries: [
          [
            'mean',
            `sum(${rate('partyline_commit_changes_sum')}) / sum(${rate('partyline_commit_changes_count')})`,
          ],
        ],
      },
      {
        title: 'Commits',
        unit: 'ops',
        queries: [['{{outcome}}', `sum by (outcome) (${rate('partyline_commits_total')})`]],
      },
    ],
  },
  {
    title: 'Sizes',
    panels: [
      {
        title: 'Waiting for slow readers',
        unit: 'bytes',
        queries: [
          ['all', `sum(${of('partyline_send_queue_bytes')})`],
          ['the longest', `max(${of('partyline_send_queue_longest_bytes')})`],
        ],
      },
      {
        title: 'Sent and transferred',
        unit: 'Bps',
        queries: [
          ['text', `sum(${rate('partyline_sent_bytes_total')})`],
          ['file {{direction}}', `sum by (direction) (${rate('partyline_file_bytes_total')})`],
        ],
      },
      {
        title: 'Stored',
        unit: 'bytes',
        queries: [
          ['database {{file}}', `sum by (file) (${of('partyline_database_bytes')})`],
          ['files', `sum(${of('partyline_files_bytes')})`],
        ],
      },
      {
        title: 'Not indexed yet',
        unit: 'short',
        queries: [['messages', `sum(${of('partyline_search_unindexed_messages')})`]],
      },
    ],
  },
  {
    title: 'Process',
    panels: [
      {
        title: 'Memory',
        unit: 'bytes',
        queries: [
          ['resident', of('process_resident_memory_bytes')],
          ['heap', of('nodejs_heap_size_used_bytes')],
        ],
      },
      {
        title: 'Processor',
        unit: 'percentunit',
        queries: [['all threads', rate('process_cpu_seconds_total')]],
      },
      {
        title: 'Files and connections open',
        unit: 'short',
        queries: [
          ['open', of('process_open_fds')],
          ['limit', of('process_max_fds')],
        ],
      },
      {
        title: 'Garbage collection',
        unit: 'percentunit',
        queries: [['{{kind}}', `sum by (kind) (${rate('nodejs_gc_duration_seconds_sum')})`]],
      },
    ],
  },
]

const columns = 24
const height = { row: 1, stat: 4, chart: 8 } as const
const datasource = { type: 'prometheus', uid: '$datasource' }

/** Prints docs/grafana-dashboard.json. Grafana imports it, and asks for the Prometheus to use. */
export function printDashboard(): string {
  const panels: object[] = []
  let y = 0
  for (const { panels: charts, title } of rows) {
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y, w: columns, h: height.row },
    })
    y += height.row
    const perLine = charts.every(({ stat }) => stat) ? charts.length : 2
    const h = charts.every(({ stat }) => stat) ? height.stat : height.chart
    const w = columns / perLine
    for (const [index, chart] of charts.entries()) {
      const line = Math.floor(index / perLine)
      panels.push({
        id: panels.length + 1,
        ...drawn(chart),
        gridPos: { x: (index % perLine) * w, y: y + line * h, w, h },
      })
    }
    y += Math.ceil(charts.length / perLine) * h
  }
  const dashboard = {
    title: 'Partyline',
    uid: 'partyline',
    tags: ['partyline'],
    schemaVersion: 39,
    editable: true,
    time: { from: 'now-6h', to: 'now' },
    refresh: '30s',
    templating: {
      list: [
        { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus' },
        {
          name: 'instance',
          label: 'Server',
          type: 'query',
          datasource,
          query: { query: 'label_values(partyline_ready, instance)', refId: 'instance' },
          refresh: 2,
          includeAll: true,
          multi: true,
          current: { text: ['All'], value: ['$__all'] },
        },
      ],
    },
    panels,
  }
  return `${JSON.stringify(dashboard, undefined, 2)}\n`
}

function drawn({ queries, stat, title, unit }: Panel): object {
  return {
    type: stat ? 'stat' : 'timeseries',
    title,
    datasource,
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    options: stat
      ? { reduceOptions: { calcs: ['lastNotNull'] } }
      : { legend: { displayMode: 'list', placement: 'bottom' } },
    targets: queries.map(([legendFormat, expr], index) => ({
      refId: String.fromCharCode(65 + index),
      datasource,
      expr,
      legendFormat,
    })),
  }
}
