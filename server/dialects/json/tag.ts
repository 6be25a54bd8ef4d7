/** The longest tag, in UTF-16 units: a result has room for it beside its data. */
const longest = 1000

/** The tag of a line, if it has one, or why a result could not repeat it exactly. */
export type GivenTag = { readonly tag?: string | number } | { readonly refused: string }

/**
 * The tag of an object that was sent as `line`, and read as `json`, perhaps without control characters. A program compares the tag of a result with its own, perhaps as text and by
 * another library: so a tag that would come back in another form (`1.0` as `1`) is refused, and so is one of two.
 */
export function tagOf({ tag }: Readonly<Record<string, unknown>>, json: string, line: string): GivenTag {
  if (tag === undefined) return {}
  const [source = '', ...more] = sourcesOf(json, 'tag')
  if (more.length > 0) return { refused: 'The object has more than one tag.' }
  if (tag === null) return {}
  if (typeof tag === 'number')
    return source === JSON.stringify(tag)
      ? { tag }
      : { refused: 'The tag would come back as another number: send a whole number below 2^53, or a string.' }
  if (typeof tag !== 'string') return { refused: 'The tag must be a string or a number.' }
  if (tag.length > longest) return { refused: `The tag has at most ${longest} characters.` }
  return line.includes(source)
    ? { tag }
    : { refused: 'The tag has control characters in it: JSON writes them as \\u001b.' }
}

/** How the values of a field are written in the text of an object, which must be good JSON. */
function sourcesOf(json: string, field: string): string[] {
  const found: string[] = []
  let depth = 0
  let name = ''
  let from: number | undefined
  for (let at = 0; at < json.length; at++) {
    const sign = json[at]
    if (sign === '"') {
      const end = endOfString(json, at)
      if (depth === 1 && from === undefined) name = json.slice(at, end)
      at = end - 1
    } else if (sign === ':' && depth === 1) {
      from = at + 1
    } else if (depth === 1 && from !== undefined && (sign === ',' || sign === '}')) {
      if (JSON.parse(name) === field) found.push(json.slice(from, at).trim())
      from = undefined
    }
    if (sign === '{' || sign === '[') depth++
    else if (sign === '}' || sign === ']') depth--
  }
  return found
}

/** Where the string ends that begins at `at`, with its closing quote. */
function endOfString(json: string, at: number): number {
  let end = at + 1
  while (end < json.length && json[end] !== '"') end += json[end] === '\\' ? 2 : 1
  return end + 1
}
