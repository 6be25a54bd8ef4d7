import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { logLines } from '../../server/log/log-lines.ts'

/** A call of the log in the sources, as `level message: fields`; a field that may be undefined is like any other. */
function callsIn(file: string, source: string): string[] {
  return [...source.matchAll(/\b(?:log|output)\??\.(info|warn|error|fatal)\(/g)].flatMap(
    ({ 0: begin, 1: level, index }) => {
      const [fields = '', message = ''] = argumentsFrom(source, index + begin.length)
      // What passes a line on does not make it.
      if (fields === 'fields' && message === 'message') return []
      if (!/^\{.*\}$/s.test(fields))
        throw new Error(`${file}: the fields of log.${level} are to be an object: ${fields}`)
      const names = argumentsFrom(`${fields.slice(1, -1)})`, 0).flatMap((field) => /^\w+/.exec(field) ?? [])
      const messages = textsIn(/^\w+$/.test(message) ? declaration(source, message) : message)
      if (messages.length === 0) throw new Error(`${file}: no message in log.${level}: ${message}`)
      return messages.map((text) => `${level} ${text}: ${names.join(' ')}`)
    },
  )
}

/** The arguments of a call, from behind its parenthesis. */
function argumentsFrom(source: string, start: number): string[] {
  const parts: string[] = []
  let depth = 0
  let from = start
  for (let at = start; ; at++) {
    const character = source[at]
    if (character === undefined) throw new Error('The call does not end')
    if (depth === 0 && (character === ',' || character === ')')) {
      parts.push(source.slice(from, at).trim())
      from = at + 1
      if (character === ')') return parts
    } else if ('([{'.includes(character)) depth++
    else if (')]}'.includes(character)) depth--
    else if (character === "'") at = source.indexOf("'", at + 1)
  }
}

function declaration(source: string, name: string): string {
  return new RegExp(`const ${name} = (.*)`).exec(source)?.[1] ?? ''
}

function textsIn(expression: string): string[] {
  // What is compared is no message.
  return [...expression.replace(/[=!]== '[^']*'/g, '').matchAll(/'([^']*)'/g)].map(([, text = '']) => text)
}

const called = new Set(
  readdirSync('server', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => callsIn(name, readFileSync(join('server', name), 'utf8'))),
)

t.test('the sources are understood', async (t) => {
  const source = "const how = a === 'x' ? 'login' : 'signup'\nlog.info({ a, b: f('c, d'), e: g?.h }, how)"
  t.same(callsIn('x', source), ['info login: a b e', 'info signup: a b e'])
  t.same(callsIn('x', "this.#log?.warn({ err: error }, full ? 'one, two' : 'three')"), [
    'warn one, two: err',
    'warn three: err',
  ])
  t.throws(() => callsIn('x', "log.warn(fields, 'something')"))
  t.throws(() => callsIn('x', 'log.warn({}, message())'))
})

t.test('every line of the log is described, and no other', async (t) => {
  const described = logLines.map(
    ({ fields, level, message }) => `${level} ${message}: ${fields.join(' ').replaceAll('?', '')}`,
  )
  t.same([...called].sort(), described.sort(), 'server/log/log-lines.ts is to have what the sources log')
})

t.test('what to do is said of all that is not as it should be', async (t) => {
  for (const { level, message, todo } of logLines) t.equal(todo !== undefined, level !== 'info', message)
})
