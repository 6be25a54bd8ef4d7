// CommonJS, other than the rest: Node 20 aborts the process where a thread is ended, by close() or by the end of
// the process, in the moment it loads a module of the other kind (an assertion in CreateRequiredModuleFacade).
import type { PasswordTask } from './passwords.ts' with { 'resolution-mode': 'import' }

const { compareSync, hashSync } = require('bcryptjs') as typeof import('bcryptjs')

/** Runs in a worker thread: makes a hash, or compares with one. */
module.exports = function work(task: PasswordTask): string | boolean {
  return task.hash === undefined ? hashSync(task.password, task.cost) : compareSync(task.password, task.hash)
}
