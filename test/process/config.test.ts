import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { connectPerson } from './person.ts'
import { mainFile, startPartyline, startProgram, temporaryFolder } from './program.ts'

const serve = ['serve', '--port', '0', '--host', '127.0.0.1'] as const

function configFile(t: Test, text: string): { folder: string; file: string } {
  const folder = temporaryFolder(t)
  const file = join(folder, 'chat.yaml')
  writeFileSync(file, text)
  return { folder, file }
}

t.test('a wrong setting: one line with file and line, and nothing else', async (t) => {
  const { file, folder } = configFile(t, 'limits:\n  connections: 5\n  conections: 5\n')
  const { exit, stderr, stdout } = startPartyline(t, [...serve, '--config', file], { cwd: folder })
  t.strictSame(await exit, { code: 78, signal: null })
  t.equal(
    stderr.text,
    `partyline: ${file}:3: limits.conections is not a setting. Did you mean limits.connections?\n`,
  )
  t.equal(stdout.text, '')
})

t.test('a file that is not there', async (t) => {
  const folder = temporaryFolder(t)
  const { exit, stderr, stdout } = startPartyline(t, [...serve, '--config', 'no.yaml'], { cwd: folder })
  t.strictSame(await exit, { code: 78, signal: null })
  t.equal(stderr.text, 'partyline: no.yaml: There is no such file.\n')
  t.equal(stdout.text, '')
})

t.test('a wrong variable', async (t) => {
  const env = { PARTYLINE_LIMITS_LINE_BYTES: 'many' }
  const { exit, stderr, stdout } = startPartyline(t, serve, { cwd: temporaryFolder(t), env })
  t.strictSame(await exit, { code: 78, signal: null })
  t.match(
    stderr.text,
    /^partyline: PARTYLINE_LIMITS_LINE_BYTES: limits\.lineBytes must be [^\n]*, not "many"\.\n$/,
  )
  t.equal(stdout.text, '')
})

t.test('the working directory is gone', async (t) => {
  const folder = join(temporaryFolder(t), 'gone')
  const script = 'mkdir "$0" && cd "$0" && rmdir "$0" && exec "$@"'
  const command = ['sh', '-c', script, folder, process.execPath, mainFile, ...serve]
  const { exit, stderr } = startProgram(t, command)
  t.strictSame(await exit, { code: 1, signal: null })
  t.match(stderr.text, /^partyline: The working directory is not there any more [^\n]+\n$/)
})

t.test('PARTYLINE_CONFIG names the file, and --config overrides it', async (t) => {
  const named = configFile(t, 'channels: {default: "#tea"}\n')
  const other = configFile(t, 'channels: {default: "#coffee"}\n')
  const env = { PARTYLINE_CONFIG: named.file }
  for (const [args, channel] of [
    [serve, '#tea'],
    [[...serve, '--config', other.file], '#coffee'],
  ] as const) {
    const { stdout } = startPartyline(t, args, { cwd: temporaryFolder(t), env })
    const [, port] = await stdout.expect(/"port":(\d+).*"msg":"listening"/)
    const person = await connectPerson(t, Number(port), { lines: ['/nick sam'] })
    await person.expect(`What you type goes to ${channel}.`)
    t.pass(channel)
  }
})
