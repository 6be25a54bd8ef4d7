import { printReference, printSample, printSchema } from '../../config/reference.ts'
import { printAlerts } from './alerts.ts'
import { printDashboard } from './dashboard.ts'
import { printLogging } from './log-reference.ts'
import { printMetrics } from './metrics-page.ts'
import { printCommands, printErrors } from './reference.ts'

/** Everything in the repository that is printed from code, by its path. */
export const printed: Readonly<Record<string, () => string>> = {
  'docs/commands.md': printCommands,
  'docs/errors.md': printErrors,
  'docs/metrics.md': printMetrics,
  'docs/alerts.yaml': printAlerts,
  'docs/grafana-dashboard.json': printDashboard,
  'docs/logging.md': printLogging,
  'docs/configuration.md': printReference,
  'config/partyline.yaml': printSample,
  'config/partyline.schema.json': printSchema,
}
