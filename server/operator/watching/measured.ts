import type { Measures } from '../../chat/machine/counts.ts'
import type { Measured } from './metric.ts'

/** Seconds: from a commit that does not wait for the disk to more than anybody would wait. */
const times = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** The metrics that are histograms. */
export const measured: { readonly [Name in keyof Measures]: Measured } = {
  commitSeconds: {
    name: 'partyline_commit_seconds',
    help: 'Time of a commit of the database that succeeded.',
    buckets: times,
  },
  commitChanges: {
    name: 'partyline_commit_changes',
    help: 'Number of changes, most of them messages, in a commit.',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000],
  },
  fanoutSeconds: {
    name: 'partyline_fanout_seconds',
    help: 'Time to write the events of one turn of the event loop to all their connections.',
    buckets: times,
  },
  passwordSeconds: {
    name: 'partyline_password_seconds',
    help: 'Time to hash or compare a password, including the wait for a thread.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  },
}
