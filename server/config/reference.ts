import { stringify } from 'yaml'
import * as z from 'zod'
import { configSchema, defaultConfig } from './schema.ts'
import { dotted, type Path, root, type Setting, settingAt, settingPaths, variableOf } from './settings.ts'

const intro = `# Configuration

Printed from \`server/config/schema.ts\` by \`npm run docs\`; change it there.

The configuration is a YAML file; \`config/partyline.yaml\` has every setting with its default and a
comment. Each setting has a default, so a file needs to say only what should be different, and none is
needed at all:

\`\`\`yaml
dataDirectory: /var/lib/partyline
limits:
  connections: 5000
\`\`\`

What is wrong with a file is told with its line, all of it at once, and the server does not start:

\`\`\`
config/partyline.yaml:3: limits.conections is not a setting. Did you mean limits.connections?
\`\`\`

## What overrides what

Default, then file, then environment, then the command line's \`--host\`, \`--port\` and \`--data\`: each one
overrides those before it. Every setting can be given by an environment variable, and a list is
replaced as a whole:

\`\`\`sh
PARTYLINE_LIMITS_LINE_BYTES=8192
PARTYLINE_CHANNELS_DEFAULT='#lobby'
PARTYLINE_LISTENERS='[{port: 6667}, {port: 23, telnet: true}]'
\`\`\`

A variable's value is read as YAML, or, where the setting is a text, taken as it stands. An empty
variable counts as not set. An unknown one that begins with \`PARTYLINE_\` is refused, as an unknown
setting in a file is; \`PARTYLINE_CONFIG\` is not a setting but the path of the file. The variables
that Kubernetes makes for a Service called "partyline" are ignored.
`

/** Prints docs/configuration.md. */
export function printReference(): string {
  const sections = groups().map(([title, paths]) => {
    const rows = paths.map((path) => row(path))
    return [
      `## ${title}`,
      '',
      '| setting | default | environment variable | what it does | allowed |',
      '| --- | --- | --- | --- | --- |',
      ...rows,
      '',
    ].join('\n')
  })
  return [intro, ...sections].join('\n')
}

/** The settings under the headings of the reference; settings outside of groups come first. */
function groups(): [title: string, paths: Path[]][] {
  const general: Path[] = []
  const sections: [string, Path[]][] = []
  for (const [name, setting] of root.children) {
    const paths = [...settingPaths(true, [name])]
    if (setting.children.size === 0) general.push(...paths)
    else sections.push([setting.description, paths])
  }
  return [['General', general], ...sections]
}

function row(path: Path): string {
  const setting = settingAt(path)
  const inList = path.some((part) => typeof part === 'number')
  const cells = [
    `\`${dotted(path).replace('[0]', '[]')}\``,
    `\`${asYaml(defaultAt(path))}\``,
    inList ? '' : `\`${variableOf(path)}\``,
    setting?.description ?? '',
    setting?.allowed ?? '',
  ]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

/** Prints config/partyline.schema.json, the JSON Schema of the file, for editors. */
export function printSchema(): string {
  const schema = z.toJSONSchema(configSchema, { io: 'input' })
  return `${JSON.stringify({ ...schema, title: 'The configuration of a Partyline server' }, undefined, 2)}\n`
}

/** Prints config/partyline.yaml. */
export function printSample(): string {
  const lines = [
    '# yaml-language-server: $schema=partyline.schema.json',
    '# The settings of a Partyline server, each with its default: delete what you do not change.',
    '# docs/configuration.md has them in tables, with the environment variables that override them.',
    '# Printed from server/config/schema.ts by `npm run docs`.',
  ]
  for (const [name, setting] of root.children) lines.push('', ...sample([name], setting, ''))
  return `${lines.join('\n')}\n`
}

function sample(path: Path, setting: Setting, indent: string): string[] {
  const name = String(path.at(-1))
  const value = defaultAt(path)
  if (setting.children.size > 0) {
    const inside = [...setting.children].flatMap(([key, child]) =>
      sample([...path, key], child, `${indent}  `),
    )
    return [...comment(setting.description, indent), `${indent}${name}:`, ...inside]
  }
  if (setting.item && Array.isArray(value)) {
    const legend = legendOf(setting.item, `${indent}  `)
    const entries = value.flatMap((entry) => listEntry(entry, `${indent}  `))
    if (entries.length === 0)
      return [
        ...comment(setting.description, indent),
        ...comment(`Allowed: ${setting.allowed}`, indent),
        ...legend.map((line) => line.slice(2)),
        `${indent}${name}: []`,
      ]
    return [...comment(setting.description, indent), `${indent}${name}:`, ...legend, ...entries]
  }
  return [
    ...comment(setting.description, indent),
    ...comment(`Allowed: ${setting.allowed}`, indent),
    `${indent}${name}: ${asYaml(value)}`,
  ]
}

/** The possible fields of an entry of a list, as comments. */
function legendOf(entry: Setting, indent: string, most = columns): string[] {
  return [...entry.children].flatMap(([key, child]) => [
    ...comment(`${key}: ${child.description}`, indent, most),
    ...(child.children.size > 0
      ? legendOf(child, indent, most - 2).map((line) => line.replace('#', '#  '))
      : comment(`  Allowed: ${child.allowed}`, indent, most)),
  ])
}

function listEntry(entry: object, indent: string): string[] {
  return inside(entry, `${indent}  `).map((line, index) =>
    index === 0 ? `${indent}- ${line.trimStart()}` : line,
  )
}

/** The fields of an entry; the fields of a group stand below the name of the group. */
function inside(entry: object, indent: string): string[] {
  return Object.entries(entry).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? [`${indent}${key}:`, ...inside(value, `${indent}  `)]
      : [`${indent}${key}: ${asYaml(value)}`],
  )
}

/** The most columns of a line of the sample. */
const columns = 100

/** A comment, broken into lines of at most so many columns. */
function comment(text: string, indent: string, most = columns): string[] {
  const lines: string[] = []
  let line = `${indent}#`
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > most) {
      lines.push(line)
      line = `${indent}#`
    }
    line += ` ${word}`
  }
  return [...lines, line]
}

function defaultAt(path: Path): unknown {
  let here: unknown = defaultConfig()
  for (const part of path)
    here = typeof here === 'object' && here !== null ? Reflect.get(here, part) : undefined
  // A list that is empty by default has no entry to take the fields from.
  return here ?? settingAt(path)?.default
}

function asYaml(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 }).trim()
}
