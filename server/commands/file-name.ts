import { fail } from '../chat/model/failures.ts'
import type { Terminal } from './terminal.ts'

/** Of Windows: `C:\...`, `C:/...` or `\\server\share\...`. */
const windowsPath = /^(?:[a-z]:[\\/]|\\\\[\w.$-]+\\)/i
/** Of everybody else, from the root or from a home folder; `./` is the folder in which the line is run. */
const path = /^(?:(?:~[\w.-]*)?\/|\.\/(?!.*\/.))/
const address = /^file:\/\/[^/]*\//i
/** One word of a shell, with quotes or backslashes around what it would not take for a name. */
const word = /^(?:'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^\s'"\\])+$/s
const wordParts = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/gs
/** A quote that does not stand within a word, where it is an apostrophe. */
const quoteInFront = /(?:^|\/)['"]/
const inQuotes = /^(['"]).*\1$/s
/** Where another path begins behind the first. */
const another = /(?<!\\)\s(?:(?:~[\w.-]*)?\/|file:\/|['"]|[a-z]:[\\/])/i

/** The name of a file that was given with a command. Programs, and the page, give it as it is. */
export function givenName(name: string, { manner }: Terminal): string {
  return manner.forPeople ? typedFileName(name) : name.trim()
}

/**
 * The name of a file as people give it: as it is, or as a shell would have it (`"my report.pdf"`, `my\ report.pdf`), or
 * dragged into the terminal, which types a path or an address. The line to paste is run in the folder of the file, so of a
 * path only the end is meant. Where a quote or a backslash can only be part of the name, it is. Throws `bad-arguments` for a
 * folder and for several files.
 */
export function typedFileName(text: string): string {
  const typed = withoutBlanks(text)
  if (address.test(typed)) return decoded(lastOf(typed, /\//))
  const whole = inQuotes.test(typed) ? wordOf(typed) : undefined
  if (whole !== undefined) {
    // PowerShell and cmd take no backslash away.
    const plain = windowsPath.test(typed.slice(1)) ? typed.slice(1, -1) : whole
    return lastOf(plain)
  }
  const bare = typed.replace(/^['"]/, '')
  if (another.test(typed) && (path.test(bare) || windowsPath.test(bare)))
    throw fail({ code: 'bad-arguments', detail: 'Send one file at a time.' })
  if (windowsPath.test(typed)) return lastOf(typed)
  if (path.test(typed))
    return lastOf((quoteInFront.test(typed) ? wordOf(typed) : undefined) ?? withoutBackslashes(typed))
  return typed.endsWith('/') ? lastOf(typed, /\//) : withoutBackslashes(typed)
}

/** Without blanks around it; one behind a backslash is part of the name. PowerShell puts `& ` in front of quotes. */
function withoutBlanks(text: string): string {
  const begun = text.trimStart().replace(/^& +(?=['"])/, '')
  return /^((?:\\.|[^\\])*?)\s*$/s.exec(begun)?.[1] ?? begun.trimEnd()
}

/** What a shell makes of a word; undefined for anything but one word. */
function wordOf(text: string): string | undefined {
  if (!word.test(text)) return undefined
  return text.replace(
    wordParts,
    (_, single?: string, double?: string, sign = '') =>
      single ?? double?.replace(/\\(["\\$`!])/g, '$1') ?? sign,
  )
}

/** Shells put backslashes in front of signs and blanks only, so one in front of a letter is part of the name. */
function withoutBackslashes(text: string): string {
  return /\\(?:\w|$)/.test(text) ? text : text.replace(/\\(.)/gs, '$1')
}

/** The name at the end of a path. */
function lastOf(text: string, separator = separatorOf(text)): string {
  if (separator === undefined) return text
  const name = text.split(separator).at(-1) ?? ''
  if (name === '')
    throw fail({
      code: 'bad-arguments',
      detail: 'That is a folder. Make one file of it, like tar czf photos.tgz photos, and send that.',
    })
  return name
}

function separatorOf(text: string): RegExp | undefined {
  if (windowsPath.test(text)) return /[\\/]/
  return path.test(text) ? /\// : undefined
}

/** A name in an address; what is none stays as it is. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
