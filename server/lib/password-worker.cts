// CommonJS, other than the rest: Node 20 aborts the process where a thread is ended, by close() or by the end of
// the process, in the moment it loads a module of the other kind (an assertion in CreateRequiredModuleFacade).
import type { PasswordTask } from './passwords.ts' with { 'resolution-mode': 'import' }

const { compareSync, getRounds, hashSync } = require('bcryptjs') as typeof import('bcryptjs')

/** Runs in a worker thread: makes a hash, or compares with one. */
module.exports = function work(task: PasswordTask): string | boolean {
  if (task.hash === undefined) return hashSync(task.password, task.cost)
  const right = compareSync(task.password, task.hash)
  // Each cost takes twice as long as the one below it: those between make it as long as the last one alone.
  for (let cost = getRounds(task.hash); cost < task.asCost; cost++) hashSync(task.password, cost)
  return right
}
