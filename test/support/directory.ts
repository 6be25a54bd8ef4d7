import type { Test } from 'tap'

/**
 * A directory of its own for a test, gone behind the test.
 * tap itself removes one that was made before the first teardown *before* the teardowns: where a server still wrote
 * there, that failed, the server was never stopped, and the file ran into its timeout. Here teardowns come first.
 */
export function directoryFor(t: Test, content: Parameters<Test['testdir']>[0] = {}): string {
  t.teardown(() => undefined)
  return t.testdir(content)
}
