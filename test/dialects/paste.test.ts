import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { getLine, putLine, savedName, shellPath } from '../../server/dialects/paste.ts'

t.setTimeout(280_000)

const place = { host: 'chat.example.org', port: 6667 }
const token = '7KQ2W8XN3V5C9D4F6G1H0J2K7M8N9P3Q'
const bytes = 'first\n\u0000\\n$(touch content)`\xff'
const content = Buffer.from(bytes, 'latin1')
const files = t.testdir({ rooms: {} })

/**
 * Stands in for nc: keeps what it is told and sent, prints what a server would. A function, because a program would have to
 * be started for each of hundreds of lines; it writes also where the line itself must overwrite nothing (`set -C`).
 */
const nc = `nc() { printf '%s\\n' "$@" >|"$NC_FOLDER/told"; cat >|"$NC_FOLDER/sent"; exec cat "$NC_FOLDER/answer"; }\n`

/**
 * Where lines are pasted. With history on, bash looks for `!` in a line before it reads it, as where it is typed; what
 * it would find there is a command that nobody wants twice.
 */
const shells = { sh: '', bash: 'set -o history; set -o histexpand\n' }
type Shell = keyof typeof shells
const earlier = ': touch earlier'

/** A line, and the file that is where it is pasted. */
interface Pasting {
  readonly line: string
  readonly file?: string
}

/** Pastes lines into one shell, each in a folder of its own. Answers what nc was told and sent, and what is there then. */
function paste(shell: Shell, pastings: readonly Pasting[]) {
  const room = mkdtempSync(join(files, 'rooms', 'r'))
  const places = pastings.map(({ file, line }, index) => {
    const [here, aside] = [join(room, `${index}`), join(room, `nc${index}`)]
    mkdirSync(here)
    mkdirSync(aside)
    for (const name of ['told', 'sent']) writeFileSync(join(aside, name), 'nothing')
    writeFileSync(join(aside, 'answer'), content)
    if (file !== undefined) writeFileSync(`${here}/${file}`, content)
    return { here, aside, script: `cd '${here}'; export NC_FOLDER='${aside}'\n${earlier}\n${line}\n` }
  })
  const env = { PATH: process.env['PATH'] ?? '', HOME: room, LC_ALL: 'C.UTF-8' }
  const input = nc + shells[shell] + places.map(({ script }) => script).join('')
  const { stderr, stdout } = spawnSync(shell, [], { cwd: room, env, input })
  const results = places.map(({ aside, here }) => ({
    there: readdirSync(here),
    bytes: readdirSync(here).map((name) => readFileSync(`${here}/${name}`)),
    told: readFileSync(join(aside, 'told'), 'utf8'),
    sent: readFileSync(join(aside, 'sent')).toString('latin1'),
  }))
  rmSync(room, { recursive: true })
  return { results, stderr: stderr.toString(), stdout }
}

const size = content.length

/** What is wrong with what a shell makes of the lines for files of these names; nothing if all is well. */
function mistakes(names: readonly string[], shell: Shell): string[] {
  const cases = names.flatMap((name) => [
    { name, sent: `/put ${token} ${size}\n${bytes}`, line: putLine(token, name, place), file: name },
    {
      name,
      sent: `/put ${token} ${size} 7\n${bytes.slice(7)}`,
      line: putLine(token, name, place, 7),
      file: name,
    },
    { name: savedName(name), sent: `/get ${token}\n`, line: getLine(token, name, place) },
  ])
  const { results, stderr, stdout } = paste(shell, cases)
  const wrong = cases.flatMap(({ line, name, sent }, index) => {
    const result = results[index]
    const right =
      result?.sent === sent &&
      result.told === 'chat.example.org\n6667\n' &&
      result.there.length === 1 &&
      result.there[0] === name &&
      result.bytes[0]?.equals(content)
    return right ? [] : [`${line}\n${JSON.stringify(result)}`]
  })
  // Only uploads show what the server answers.
  const shown = stdout.equals(Buffer.concat(names.flatMap(() => [content, content])))
  return [...wrong, ...(stderr === '' ? [] : [stderr]), ...(shown ? [] : [`shown: ${stdout.toString()}`])]
}

const hostile = [
  'report.pdf',
  'a',
  'Grüße 你好 👨‍👩‍👧.txt',
  'with  two spaces ',
  ' leading',
  '$(touch x)',
  '`touch x`',
  '$HOME',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's
  '${HOME}',
  '$((1+1))',
  "'; touch x; '",
  "' ; touch x #",
  "'$(touch x)'",
  "''",
  "'",
  "\\'",
  "'\\'",
  "'\\''; touch x; '\\''",
  '"; touch x; "',
  '"$(touch x)"',
  '"',
  '\\',
  '\\\\',
  'a\\nb',
  'ends in a backslash\\',
  '-',
  '--',
  '-n',
  '-rf',
  '--help',
  "-'; touch x; '",
  '!',
  '!!',
  '!touch',
  "'!touch'",
  "'!touch",
  '^touch^ls',
  '~',
  '~root',
  '~+',
  '*',
  '?',
  '[a-z]',
  '{a,b}',
  '#',
  '# a comment',
  'a#b',
  'a && touch x',
  'a || touch x',
  'a | tee x',
  'a; touch x',
  'a & touch x',
  'a > x',
  'a) ; touch x ; (',
  ') | touch x; (echo',
  '<(touch x)',
  '=touch',
  'PATH=x',
  'a=b',
  '100%',
  '%s%n',
  '%1',
  'con',
  '...',
  '.bashrc',
  '\u202Egpj.exe',
  "$'\\ntouch x'",
  'if',
  '@(a|b)',
  '+x',
  ':',
  'x'.repeat(128),
  "'".repeat(64),
]

for (const shell of ['sh', 'bash'] as const) {
  t.test(`${shell} reads and writes the file named, and does nothing else`, async (t) => {
    t.same(mistakes(hostile, shell), [])
  })
}

t.test('what a line would do to the shell does not go unnoticed', async (t) => {
  const bash = paste('bash', [{ line: 'echo "!!" | nc host port' }])
  t.match(bash.results, [{ sent: `${earlier}\n`, told: 'host\nport\n' }])
  for (const shell of ['sh', 'bash'] as const) {
    const { results, stderr } = paste(shell, [{ line: 'echo $(touch x) | nc host port >a; nonsense' }])
    t.match(results, [{ there: ['a', 'x'] }])
    t.match(stderr, /nonsense/)
  }
})

t.test('so it does with names nobody thought of', async (t) => {
  const signs = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...'\'"\\$`!(){}<>|&;*?~#-=^ %') },
    { weight: 2, arbitrary: fc.constantFrom('touch x', '$(touch x)', "'\\''", 'a', 'ü', '👍') },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }) },
  )
  const names = fc
    .array(signs, { minLength: 1, maxLength: 16 })
    .map((parts) => parts.join(''))
    .filter((name) => !/[/\p{Cc}\p{Cs}]/u.test(name) && name !== '.' && name !== '..')
  t.doesNotThrow(() =>
    fc.assert(
      // Many at a time, as starting shells takes its time.
      fc.property(
        fc.array(names, { minLength: 10, maxLength: 10 }),
        fc.constantFrom('sh', 'bash'),
        (some, shell) => {
          const wrong = mistakes(some, shell)
          if (wrong.length > 0) throw new Error(wrong.join('\n'))
        },
      ),
      { numRuns: 6, endOnFailure: true },
    ),
  )
})

t.test('a file that is there stays as it is', async (t) => {
  for (const shell of ['sh', 'bash'] as const) {
    const { results, stderr } = paste(shell, [{ line: getLine(token, 'a b', place), file: 'a b' }])
    t.match(results, [{ told: 'nothing', bytes: [content] }], 'and nobody is asked for it')
    t.match(stderr, /a b/)
  }
})

t.test('plain names stay as people would type them', async (t) => {
  t.equal(shellPath('report-2026_v1.2.pdf'), 'report-2026_v1.2.pdf')
  t.equal(shellPath('my report.pdf'), "'my report.pdf'")
  t.equal(shellPath("it's"), "'it'\\''s'")
  t.equal(shellPath('-rf'), './-rf')
  t.equal(
    putLine('TOKEN', 'report.pdf', place),
    '(echo /put TOKEN $(wc -c <report.pdf); cat report.pdf) | nc chat.example.org 6667',
  )
  t.equal(
    putLine('TOKEN', 'report.pdf', place, 100),
    '(echo /put TOKEN $(wc -c <report.pdf) 100; tail -c +101 report.pdf) | nc chat.example.org 6667',
  )
  t.equal(
    getLine('TOKEN', 'report.pdf', place),
    '(set -C; echo /get TOKEN | nc chat.example.org 6667 >report.pdf)',
  )
})

t.test('what is got overwrites nothing that a shell or another program reads by itself', async (t) => {
  const renamed = {
    '.bashrc': 'file.bashrc',
    '.bashrc ': 'file.bashrc ',
    '..bashrc': 'file..bashrc',
    '...': 'file...',
    '-rf': 'file-rf',
    '--': 'file--',
    '~': 'file~',
    '~root': 'file~root',
    ' .profile': 'file .profile',
    '\u00a0.profile': 'file\u00a0.profile',
    '\u200b.profile': 'file\u200b.profile',
    '\u202egpj.exe': 'file\u202egpj.exe',
    _netrc: 'file_netrc',
    '#a': 'file#a',
    con: 'file-con',
    'CON.txt': 'file-CON.txt',
    'nul ': 'file-nul ',
    com1: 'file-com1',
    'aux.': 'file-aux.',
    authorized_keys: 'file-authorized_keys',
    'Desktop.ini': 'file-Desktop.ini',
    'autorun.inf.': 'file-autorun.inf.',
    'Microsoft.PowerShell_profile.ps1': 'file-Microsoft.PowerShell_profile.ps1',
  }
  for (const [name, saved] of Object.entries(renamed)) {
    t.equal(savedName(name), saved)
    t.equal(savedName(saved), saved, 'once is enough')
  }
  for (const name of [
    'report.pdf',
    'Grüße.txt',
    '你好',
    '👍.png',
    '2026',
    'console.log',
    'community',
    'auxiliary',
    'x'.repeat(128),
  ])
    t.equal(savedName(name), name)
  t.equal(
    getLine('TOKEN', '.bashrc', place),
    '(set -C; echo /get TOKEN | nc chat.example.org 6667 >file.bashrc)',
  )
  t.match(
    putLine('TOKEN', '.bashrc', place),
    /cat \.bashrc/,
    'what somebody sends is the file that they named',
  )
})
