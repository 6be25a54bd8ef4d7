import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Test } from 'tap'

/** A program that people and scripts connect with. */
export interface Client {
  readonly name: string
  /** The Debian package that it is in. */
  readonly package: string
  /** The file that is run. */
  readonly file: string
  /** Its arguments for a server on this machine. */
  readonly args: (port: number) => readonly string[]
  /** How it hides a password: by telnet, as often as asked or once a connection; or not at all. */
  readonly hides?: 'always' | 'once'
  /** Arguments with which it tells the server at the end of its input that there is no more (FIN). */
  readonly halfCloses?: (port: number) => readonly string[]
  /** When the server has closed the connection it waits until somebody presses a key. */
  readonly waitsForKey?: true
  /** Ends by itself when its input does, before it has read the answers. */
  readonly leavesEarly?: true
}

const host = '127.0.0.1'
const hostAndPort = (port: number): string[] => [host, String(port)]
const devTcp = (port: number): string[] => [
  '-c',
  `exec 3<>/dev/tcp/${host}/${port}; cat <&0 >&3 & cat <&3; kill $!`,
]

export const inetutils: Client = {
  name: 'inetutils telnet',
  package: 'inetutils-telnet',
  file: 'inetutils-telnet',
  args: hostAndPort,
  hides: 'always',
  leavesEarly: true,
}

export const busyboxTelnet: Client = {
  name: 'busybox telnet',
  package: 'busybox',
  file: 'busybox',
  args: (port) => ['telnet', ...hostAndPort(port)],
  hides: 'once',
  leavesEarly: true,
}

export const plink: Client = {
  name: 'plink -telnet',
  package: 'putty-tools',
  file: 'plink',
  args: (port) => ['-telnet', host, '-P', String(port)],
  hides: 'always',
}

export const ncOpenbsd: Client = {
  name: 'nc.openbsd',
  package: 'netcat-openbsd',
  file: 'nc.openbsd',
  args: hostAndPort,
  waitsForKey: true,
  halfCloses: (port) => ['-N', ...hostAndPort(port)],
}

/** Every client that is tested, and where Debian has it. */
export const clients: readonly Client[] = [
  inetutils,
  busyboxTelnet,
  plink,
  ncOpenbsd,
  { name: 'nc.traditional', package: 'netcat-traditional', file: 'nc.traditional', args: hostAndPort },
  {
    name: 'ncat',
    package: 'ncat',
    file: 'ncat',
    args: hostAndPort,
    waitsForKey: true,
    halfCloses: hostAndPort,
  },
  {
    name: 'socat',
    package: 'socat',
    file: 'socat',
    args: (port) => ['-', `TCP:${host}:${port}`],
    // It waits for answers half a second if it is not told otherwise.
    halfCloses: (port) => ['-t', '10', '-', `TCP:${host}:${port}`],
  },
  {
    name: 'curl telnet://',
    package: 'curl',
    file: 'curl',
    // Without -T . curl shows nothing while it waits for the next line from the terminal.
    args: (port) => ['--no-progress-meter', '-N', '-T', '.', `telnet://${host}:${port}`],
  },
  { name: 'bash /dev/tcp', package: 'bash', file: 'bash', args: devTcp },
]

/** What gives them a terminal, see terminal.ts. */
const pseudoTerminal = { file: 'script', package: 'bsdutils' }

/** The command that connects to a server on this machine. */
export function commandOf(client: Client, port: number): string[] {
  return [client.file, ...client.args(port)]
}

/**
 * A test of one client; several run side by side, as the `jobs` of the test around them allow. It is skipped if
 * the client is not installed, except in CI, where everything has to be.
 */
export function testClient(t: Test, client: Client, test: (t: Test) => Promise<void>): Promise<unknown> {
  const missing = [client, pseudoTerminal].find(({ file }) => !isInstalled(file))
  if (missing === undefined) return t.test(client.name, { buffered: true }, test)
  const why = `${missing.file} is not installed (Debian package ${missing.package})`
  return process.env['CI'] === 'true'
    ? t.test(client.name, async (t) => t.fail(why))
    : t.test(client.name, { skip: why }, test)
}

function isInstalled(file: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, file), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
