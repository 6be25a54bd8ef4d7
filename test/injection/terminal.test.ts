import { join } from 'node:path'
import t from 'tap'
import { directoryFor } from '../support/directory.ts'
import { attackWith, type Reader } from './attack.ts'
import { hostiles, unclean } from './hostile.ts'
import { render, type Screen, withoutTelnet } from './screen.ts'
import { stringsIn } from './strings.ts'

t.setTimeout(300_000)

/** What a terminal is like to which nobody has done anything. */
const untouched = {
  buffer: 'normal',
  events: [],
  modes: {
    applicationCursorKeys: false,
    applicationKeypad: false,
    bracketedPaste: false,
    insert: false,
    mouse: 'none',
    origin: false,
    reverseWraparound: false,
    sendFocus: false,
    wraparound: true,
  },
  probe: 'qx      t|end|plain',
} as const

/** A program's own tag, which it gets back as it was, if only in escapes. */
const tag = /"tag":"(?:[^"\\]|\\.)*"/g

/** A colour that the server gives, or its end. */
const color = /\u001b\[(?:(?:1;)?3[1356]|0)m/g

t.test('the terminal itself would have obeyed', async (t) => {
  const shown = await Promise.all(
    hostiles.map(({ hostile }) =>
      typeof hostile === 'string' ? render(`* ${hostile}\r\n`, '\r\n') : undefined,
    ),
  )
  const harmed = shown.filter((screen) => screen && isHarmed(screen))
  t.ok(harmed.length > 25, `${harmed.length} of them change something`)
})

t.test('whatever people send, the terminals of the others show harmless text', async (t) => {
  const folder = directoryFor(t)
  const attacked = await attackWith(join(folder, 'attacked'), 'hostile', hostiles)
  const calm = await attackWith(join(folder, 'calm'), 'harmless', hostiles)

  for (const [name, raw] of attacked.raw) {
    const eol = name === 'tess' ? '\r\n' : '\n'
    const text = withoutTelnet(raw)
    t.ok(text.length > (name === 'root' ? 2_000 : 50_000), `${name} has read a lot`)
    t.equal(
      differenceOf(text.replace(tag, ''), withoutTelnet(calm.raw.get(name) ?? '').replace(tag, '')),
      undefined,
      `${name} reads harmless text`,
    )
    const lines = text.split(eol)
    t.equal(lines.pop(), '', `${name}: the last line is whole`)
    const painted = isPainted(name)
    t.same(
      lines.filter((line) => unclean.test(painted ? line.replace(color, '') : line)),
      [],
      `${name}: no control characters`,
    )
    if (name === 'jay') {
      t.same(
        lines.slice(lines.findIndex(isJson)).filter((line) => !isJson(line)),
        [],
        'every line is JSON',
      )
      continue
    }
    const others = name === 'mallory' ? lines.filter((line) => !isJson(line)) : lines
    t.same(
      others.filter((line) => !/^[[*?!-]/.test(line)),
      [],
      `${name}: the first character tells what a line is`,
    )
    const screen = await render(text, eol)
    const { cursor, lines: _lines, painted: cells, ...rest } = screen
    t.same(rest, untouched, `${name}: the terminal is as it was`)
    t.equal(cursor[0], 0, `${name}: the cursor stands at the beginning of a line`)
    t.equal(cells > 0, painted, `${name}: colours only where they are wanted`)
    t.equal(screen.lines[cursor[1]], '', `${name}: of an empty one`)
  }

  const texts = attacked.logged.flatMap(({ fields, message }) => [message, ...stringsIn(fields)])
  t.ok(texts.length > hostiles.length, 'much is logged')
  t.same(
    texts.filter((text) => unclean.test(text)),
    [],
    'without control characters',
  )
  t.same(
    attacked.logged.filter(({ level }) => level === 'error'),
    [],
    'and nothing failed',
  )
})

function isHarmed({ buffer, cursor, events, modes, painted, probe }: Screen): boolean {
  const same = JSON.stringify({ buffer, events, modes, probe }) === JSON.stringify(untouched)
  return !same || painted > 0 || cursor[0] !== 0
}

function isPainted(name: Reader | 'mallory' | 'root'): boolean {
  return name === 'carl' || name === 'tess'
}

function isJson(line: string): boolean {
  return line.startsWith('{')
}

/** The first lines that are not the same. */
function differenceOf(one: string, other: string): string | undefined {
  if (one === other) return undefined
  const [ones, others] = [one.split('\n'), other.split('\n')]
  const at = ones.findIndex((line, index) => line !== others[index])
  return `line ${at}: ${JSON.stringify(ones[at])} instead of ${JSON.stringify(others[at])}`
}
