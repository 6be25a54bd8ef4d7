// This file is CommonJS, unlike the rest: Node 20 aborts the process if a thread ends, by close() or at the end of
// the process, while it loads an ES module (an assertion in CreateRequiredModuleFacade).
import type { PasswordTask } from './passwords.ts' with { 'resolution-mode': 'import' }

const { compareSync, getRounds, hashSync } = require('bcryptjs') as typeof import('bcryptjs')

/** Runs in a worker thread: makes a hash, or compares with one. */
module.exports = function work(task: PasswordTask): string | boolean {
  if (task.hash === undefined) return hashSync(task.password, task.cost)
  const right = compareSync(task.password, task.hash)
  // Each cost takes twice as long as the one below, so the costs in between add up to the time of the last one.
  for (let cost = getRounds(task.hash); cost < task.asCost; cost++) hashSync(task.password, cost)
  return right
}
