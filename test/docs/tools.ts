import { execFileSync } from 'node:child_process'
import { delimiter } from 'node:path'
import type { Test } from 'tap'

/** Where the distribution puts programs that root uses; the PATH of others lacks it, and some servers are there. */
const alsoLookedIn = ['/usr/local/sbin', '/usr/sbin', '/sbin']
process.env['PATH'] = [process.env['PATH'], ...alsoLookedIn].join(delimiter)

/** Whether a program is installed. Where it is not, the test says so, and fails where everything is to be tested. */
export function have(t: Test, program: string): boolean {
  try {
    pathOf(program)
    return true
  } catch {
    if (process.env['CI']) t.fail(`${program} is not installed`)
    else t.pass(`${program} is not installed; .ci/run installs it`, { skip: true })
    return false
  }
}

/** Where a program is. Throws if it is nowhere. */
export function pathOf(program: string): string {
  return String(
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: ['ignore', 'pipe', 'ignore'] }),
  ).trim()
}

/** The code in a document, in the order in which it stands there. */
export function blocksIn(document: string, language: string): string[] {
  const fence = '```'
  const block = new RegExp(`(?<=^${fence}${language}\\n).*?(?=^${fence}$)`, 'gms')
  return document.match(block) ?? []
}
