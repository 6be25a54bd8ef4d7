import { type Definition, definitions, type Measured, measured } from '../watching/metrics.ts'
import { alerts } from './alerts.ts'

const intro = `<!-- Printed from the code by \`npm run docs\`: do not edit. -->
# Watching a server

Three ways to see how a server does: \`partyline status\` on its machine and \`/stats\` in the chat for people (with
\`--json\` or in the JSON dialect for scripts), and an HTTP listener for programs. That one is off, but for the
container, until the configuration says where it listens:

\`\`\`yaml
http:
  listen: [{host: 127.0.0.1, port: 9667}]
\`\`\`

or \`PARTYLINE_HTTP_LISTEN='{port: 9667}'\` in the environment. It changes with the next start, not with a reload. There is
no password on it, and it tells nothing that anybody said: let Prometheus reach it, and nobody else.

| path | answer |
| --- | --- |
| \`/healthz\` | 200 if the process lives and its event loop answers: if not, start it anew |
| \`/readyz\` | 200 if a change can be stored, else 503 with the reason, also while the server stops: if not, send nobody there, and look after it |
| \`/metrics\` | all that follows, in the text format of Prometheus |

\`/readyz\` and \`/metrics\` find out by storing a number, at most once a second, and answer within about two seconds
whatever the disk does. A server that is not ready still serves those who read, so a supervisor should not kill it for
that. The container's own health check asks by the operator's socket, which has no limit.

## Prometheus and Grafana

\`\`\`yaml
scrape_configs:
  - job_name: partyline
    static_configs:
      - targets: [127.0.0.1:9667]
rule_files: [alerts.yaml]
\`\`\`

[alerts.yaml](alerts.yaml) has the alerts below; [grafana-dashboard.json](grafana-dashboard.json) is a dashboard, to be
imported in Grafana under Dashboards, New, Import. No metric has the name of a person, a channel or an address in it, and
every label has only the values that stand here. A counter begins at 0 when the server starts.
`

const ofProcess = `
## Of the process

Also there are the metrics that every Node.js program with prom-client has: \`process_cpu_seconds_total\`,
\`process_resident_memory_bytes\`, \`process_open_fds\`, \`process_max_fds\`, \`process_start_time_seconds\`,
\`nodejs_heap_size_used_bytes\`, \`nodejs_gc_duration_seconds\`, \`nodejs_eventloop_lag_seconds\` and others that begin with
\`process_\` and \`nodejs_\`.
`

/** docs/metrics.md. */
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

/** Long lists stand elsewhere already. */
function valuesText(label: string, values: readonly string[]): string {
  if (label === 'command') return '`say`, `unknown`, or one of [commands.md](commands.md)'
  if (label === 'code') return 'one of [errors.md](errors.md)'
  if (label === 'version') return 'as `partyline --version` says it'
  return values.map((value) => `\`${value}\``).join(', ')
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
