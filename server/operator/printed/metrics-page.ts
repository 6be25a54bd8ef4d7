import { measured } from '../watching/measured.ts'
import type { Definition, Measured } from '../watching/metric.ts'
import { definitions } from '../watching/metrics.ts'
import { alerts } from './alerts.ts'

const intro = `<!-- Printed from the code by \`npm run docs\`: do not edit. -->
# Watching a server

There are three ways to see the state of a server: \`partyline status\` on its machine, \`/stats\` in the chat (for scripts,
with \`--json\` or in the JSON dialect), and an HTTP listener for programs. The container has the HTTP listener switched on;
otherwise it is off until the configuration says where it listens:

\`\`\`yaml
http:
  listen: [{host: 127.0.0.1, port: 9667}]
\`\`\`

or \`PARTYLINE_HTTP_LISTEN='{port: 9667}'\` in the environment. A change takes effect at the next start, not at a reload. The
listener has no password, and it shows nothing that anybody said: let Prometheus reach it, and nobody else.

| path | answer |
| --- | --- |
| \`/healthz\` | 200 if the process lives and its event loop answers; if there is no answer, restart the server |
| \`/readyz\` | 200 if the server can store a change, otherwise (also while it stops) 503 with the reason; then send no new connections there, and look at the server |
| \`/metrics\` | the metrics below, in the text format of Prometheus |

To find out, \`/readyz\` and \`/metrics\` store a number, at most once a second; they answer within about two seconds whatever
the disk does. People can still read on a server that is not ready, so a supervisor should not kill it. The container's own
health check uses the operator's socket, for which no limit of connections holds.

## Prometheus and Grafana

\`\`\`yaml
scrape_configs:
  - job_name: partyline
    static_configs:
      - targets: [127.0.0.1:9667]
rule_files: [alerts.yaml]
\`\`\`

[alerts.yaml](alerts.yaml) has the alerts below. [grafana-dashboard.json](grafana-dashboard.json) is a dashboard; import it
in Grafana under Dashboards, New, Import. No metric contains the name of a person, a channel or an address, and the labels
have only the values listed here. A counter begins at 0 when the server starts.
`

const ofProcess = `
## Metrics of the process

There are also the metrics of every Node.js program with prom-client: \`process_cpu_seconds_total\`,
\`process_resident_memory_bytes\`, \`process_open_fds\`, \`process_max_fds\`, \`process_start_time_seconds\`,
\`nodejs_heap_size_used_bytes\`, \`nodejs_gc_duration_seconds\`, \`nodejs_eventloop_lag_seconds\` and others that begin with
\`process_\` and \`nodejs_\`.
`

/** Prints docs/metrics.md. */
export function printMetrics(): string {
  return [
    intro,
    '## Metrics',
    '',
    '| metric | kind | labels | what it is |',
    '| --- | --- | --- | --- |',
    ...definitions.map(definitionRow),
    ...Object.values(measured).map(measuredRow),
    ofProcess,
    '## Alerts',
    '',
    '| alert | when | what to do |',
    '| --- | --- | --- |',
    ...alerts.map(
      ({ expression, for: time, name, severity, summary, whatToDo }) =>
        `| \`${name}\` (${severity}) | ${summary} \`${cell(expression)}\`${time === '0m' ? '' : ` for ${time}`} | ${cell(whatToDo)} |`,
    ),
    '',
  ].join('\n')
}

function definitionRow({ help, labels = {}, name, type }: Definition): string {
  const named = Object.entries(labels).map(([label, values]) => `\`${label}\`: ${valuesText(label, values)}`)
  return `| \`${name}\` | ${type} | ${named.join('; ')} | ${cell(help)} |`
}

function measuredRow({ buckets, help, name }: Measured): string {
  return `| \`${name}\` | histogram | \`le\`: ${buckets.join(', ')} | ${cell(help)} |`
}

/** The values of a label, or the page that lists them if there are many. */
function valuesText(label: string, values: readonly string[]): string {
  if (label === 'command') return '`say`, `unknown`, or one of [commands.md](commands.md)'
  if (label === 'code') return 'one of [errors.md](errors.md)'
  if (label === 'version') return 'as `partyline --version` says it'
  return values.map((value) => `\`${value}\``).join(', ')
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
