import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml'
import type { Path } from './settings.ts'

/** A syntax error. */
export interface TextProblem {
  /** From 1. */
  readonly line: number
  readonly text: string
}

/** The result of reading a YAML text. */
export interface YamlText {
  /** The value of the text; undefined if the text is not YAML. */
  readonly tree: unknown
  readonly problems: readonly TextProblem[]
  /** The line of the node at `path`, or of the nearest node above it. */
  lineOf(path: Path): number
}

/** Reads a YAML 1.2 text, one document of plain values, whose keys are unique. It does not throw. */
export function readYaml(text: string): YamlText {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    schema: 'core',
    resolveKnownTags: false,
  })
  const lineAt = (offset: number) => Math.max(1, lines.linePos(offset).line)
  const problems: TextProblem[] = []
  let readable = true
  for (const error of [...document.errors, ...document.warnings]) {
    const line = lineAt(error.pos[0])
    // Further errors on the same line follow from the first one, so they are left out.
    if (!problems.some((problem) => problem.line === line)) problems.push({ line, text: say(error, text) })
    if (error.code !== 'DUPLICATE_KEY') readable = false
  }
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document)) return
      problems.push({ line: lineAt(alias.range?.[0] ?? 0), text: `There is no &${alias.source} above this.` })
      readable = false
    },
  })
  let tree: unknown
  try {
    if (readable) tree = document.toJS()
  } catch (error) {
    // Nested aliases would expand until they fill the memory.
    problems.push({ line: 1, text: error instanceof Error ? `${error.message}.` : String(error) })
  }
  return { tree, problems, lineOf: (path) => lineAt(offsetOf(document, path)) }
}

function say(error: YAMLError, text: string): string {
  switch (error.code) {
    case 'DUPLICATE_KEY': {
      const name = /^[\w-]+/.exec(text.slice(error.pos[0]).replace(/^["']/, ''))
      return `${name?.[0] ?? 'This'} is set twice.`
    }
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'There is a second colon; a value with a colon in it must be in quotes.'
    case 'MULTIPLE_DOCS':
      return 'A second document (---) begins here; there must be only one.'
    default:
      return `${error.message.replace(/\s+/g, ' ')}.`
  }
}

function offsetOf(document: Document, path: Path): number {
  let node: unknown = document.contents
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document)
    let mark: unknown
    if (isMap(node)) {
      const pair = node.items.findLast(({ key }) => isScalar(key) && String(key.value) === part)
      mark = pair?.key
      node = pair?.value
    } else if (isSeq(node) && typeof part === 'number') {
      mark = node.items[part]
      node = mark
    }
    if (!isNode(mark) || !mark.range) break
    offset = mark.range[0]
  }
  return offset
}
