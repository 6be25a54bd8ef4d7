import { spawnSync } from 'node:child_process'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { curlLine, curlPutLine, getLine, putLine, savedName, shellPath } from '../../server/dialects/paste.ts'
import { directoryFor } from '../support/directory.ts'

t.setTimeout(280_000)

const place = { host: 'chat.example.org', port: 6667 }
const token = '7KQ2W8XN3V5C9D4F6G1H0J2K7M8N9P3Q'
const bytes = 'first\n\u0000\\n$(touch content)`\xff'
const content = Buffer.from(bytes, 'latin1')
const files = directoryFor(t, { rooms: {} })

/**
 * Stand in for nc and curl: they keep what they are told and sent beside the folder where the line is pasted, and print what
 * a server would.
 */
// biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's
const aside = 'aside="${PWD%/*}/nc${PWD##*/}"; printf \'%s\\n\' "$@" >"$aside/told"'
const programs = {
  nc: `${aside}; cat >"$aside/sent"; exec cat "$aside/answer"`,
  curl: `${aside}; while [ "$1" != -T ]; do shift; done; exec cat -- "$2" >"$aside/sent"`,
}
const bin = join(files, 'bin')
mkdirSync(bin)
for (const [name, script] of Object.entries(programs))
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })

/**
 * Where lines are pasted. bash and zsh look for `!` in a line before they read it, as where it is typed, and so does tcsh
 * anyway; what they would find there is a command that nobody wants twice.
 */
const shells = {
  sh: 'sh',
  bash: 'bash -o history -o histexpand',
  zsh: 'zsh -f -i +Z +V -o nopromptsp -o nopromptcr',
  fish: 'fish --no-config',
  tcsh: 'tcsh -f',
}
type Shell = keyof typeof shells
const allShells = Object.keys(shells) as Shell[]
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
    return { here, aside, script: `cd '${here}'\n${earlier}\n${line}\n` }
  })
  const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: room, LC_ALL: 'C.UTF-8', PS1: '', PS2: '' }
  const [program = '', ...args] = shells[shell].split(' ')
  // fish reads from no socket, which is what Node gives programs.
  writeFileSync(join(room, 'lines'), places.map(({ script }) => script).join(''))
  const lines = openSync(join(room, 'lines'), 'r')
  const { stderr, stdout } = spawnSync(program, args, { cwd: room, env, stdio: [lines, 'pipe', 'pipe'] })
  closeSync(lines)
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
const nc = 'chat.example.org\n6667\n'
const url = 'http://chat.example.org:6667'

/** The lines for a file of that name, and what each has to do. */
const kinds: readonly ((name: string) => Pasting & { name: string; sent: string; told: string })[] = [
  (name) => ({
    ...{ name, file: name, line: putLine(token, name, place) },
    ...{ sent: `/put ${token} ${size}\n${bytes}`, told: nc },
  }),
  (name) => ({
    ...{ name, file: name, line: putLine(token, name, place, 7) },
    ...{ sent: `/put ${token} ${size} 7\n${bytes.slice(7)}`, told: nc },
  }),
  (name) => ({
    ...{ name: savedName(name), line: getLine(token, name, place) },
    ...{ sent: `/get ${token}\n`, told: nc },
  }),
  (name) => ({
    ...{ name, file: name, line: curlPutLine(token, name, place) },
    sent: bytes,
    told: `${/[{}[\]\\]/.test(name) ? '-g\n' : ''}-T\n${name.startsWith('-') ? './' : ''}${name}\n${url}/put/${token}\n`,
  }),
  (name) => ({
    ...{ name, file: name, line: curlPutLine(token, name, { host: '2001:db8::1', port: 6667 }) },
    sent: bytes,
    told: `${/[{}[\]\\]/.test(name) ? '-g\n' : ''}-T\n${name.startsWith('-') ? './' : ''}${name}\nhttp://[2001:db8::1]:6667/put/${token}\n`,
  }),
]

/**
 * What is wrong with what a shell makes of the lines for files of these names; nothing if all is well. Each name has one of
 * the lines, and another one in the next shell: all of them quote it in the same way.
 */
function mistakes(names: readonly string[], shell: Shell): string[] {
  const first = allShells.indexOf(shell)
  const cases = names.flatMap((name, index) => kinds[(first + index) % kinds.length]?.(name) ?? [])
  const { results, stderr, stdout } = paste(shell, cases)
  const wrong = cases.flatMap(({ line, name, sent, told }, index) => {
    const result = results[index]
    const right =
      result?.sent === sent &&
      result.told === told &&
      result.there.length === 1 &&
      result.there[0] === name &&
      result.bytes[0]?.equals(content)
    return right ? [] : [`${line}\n${JSON.stringify(result)}`]
  })
  // Only uploads by nc show what the server answers.
  const shown = stdout.equals(
    Buffer.concat(cases.flatMap(({ sent }) => (sent.startsWith('/put') ? [content] : []))),
  )
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

// sh reads all of them, too: it is in every line.
for (const shell of ['bash', 'zsh', 'fish', 'tcsh'] as const) {
  t.test(`${shell} reads and writes the file named, and does nothing else`, async (t) => {
    t.same(mistakes(hostile, shell), [])
  })
}

t.test('what a line would do to the shell does not go unnoticed', async (t) => {
  for (const shell of ['bash', 'zsh'] as const) {
    const { results } = paste(shell, [{ line: 'echo a!!b | nc host port' }])
    t.match(results, [{ sent: `a${earlier}b\n`, told: 'host\nport\n' }], shell)
  }
  const tcsh = paste('tcsh', [{ line: "echo 'a!b' | nc host port" }])
  t.match(tcsh, { results: [{ told: 'nothing' }], stderr: 'b: Event not found' })
  for (const shell of allShells) {
    const line = shell === 'tcsh' ? 'echo `touch x` | nc host port >a' : 'echo $(touch x) | nc host port >a'
    const { results, stderr } = paste(shell, [{ line: `${line}; nonsense` }])
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
        fc.array(names, { minLength: 6, maxLength: 6 }),
        fc.constantFrom(...allShells),
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
  for (const shell of allShells) {
    const { results, stderr } = paste(shell, [{ line: getLine(token, 'a b', place), file: 'a b' }])
    t.match(results, [{ told: 'nothing', bytes: [content] }], 'and nobody is asked for it')
    t.match(stderr, /a b/)
  }
})

t.test('lines are as short as they can be, and names as people would type them', async (t) => {
  t.equal(shellPath('report-2026_v1.2.pdf'), 'report-2026_v1.2.pdf')
  t.equal(shellPath('my report.pdf'), "'my report.pdf'")
  t.equal(shellPath("it's"), "'it'\\''s'")
  t.equal(shellPath('wow!'), "'wow'\\!''")
  t.equal(shellPath('a\\b'), "'a'\\\\'b'")
  t.equal(shellPath('-rf'), './-rf')
  t.equal(shellPath('100%'), "'100%'")
  t.equal(
    putLine('TOKEN', 'report.pdf', place),
    'sh -c \'test -f "$0" || { echo "No such file here: $0" >&2; exit 1; }; (echo /put TOKEN $(wc -c <"$0"); cat "$0") | nc chat.example.org 6667\' report.pdf',
  )
  t.match(
    putLine('TOKEN', 'report.pdf', place, 100),
    '(echo /put TOKEN $(wc -c <"$0") 100; tail -c +101 "$0") | nc chat.example.org 6667\' report.pdf',
  )
  t.equal(
    getLine('TOKEN', 'report.pdf', place),
    'sh -c \'set -C; echo /get TOKEN | nc chat.example.org 6667 >"$0"\' report.pdf',
  )
  t.equal(
    curlPutLine('TOKEN', 'report.pdf', place),
    'curl -T report.pdf http://chat.example.org:6667/put/TOKEN',
  )
  t.equal(
    curlPutLine('TOKEN', 'a[1].pdf', { host: '2001:db8::1', port: 7000 }, 100),
    "curl -g -C 100 -T 'a[1].pdf' 'http://[2001:db8::1]:7000/put/TOKEN'",
  )
  const secure = { ...place, port: 6697, tls: true }
  t.match(putLine('TOKEN', 'x', secure), "| ncat --ssl-verify chat.example.org 6697' x")
  t.match(getLine('TOKEN', 'x', secure), '| ncat --ssl-verify chat.example.org 6697 >')
  t.equal(curlPutLine('TOKEN', 'x', secure), 'curl -T x https://chat.example.org:6697/put/TOKEN')
  t.equal(curlLine('TOKEN', { host: '::1', port: 7 }), "curl -fOJ 'http://[::1]:7/get/TOKEN'")
  t.equal(curlLine('TOKEN', secure), 'curl -fOJ https://chat.example.org:6697/get/TOKEN')
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
  t.match(getLine('TOKEN', '.bashrc', place), /' file\.bashrc$/)
  t.match(
    putLine('TOKEN', '.bashrc', place),
    /' \.bashrc$/,
    'what somebody sends is the file that they named',
  )
})
