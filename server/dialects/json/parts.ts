/** The longest line to a program, in bytes: asyncio's readers and Go's bufio.Scanner take 64 KiB at most. */
export const longestLine = 48 * 1024
/** So much of it is data; the rest is for the tag, the name of the command and how to go on. */
export const mostData = 40 * 1024

type Data = Record<string, unknown>

interface List {
  readonly path: readonly string[]
  readonly items: readonly unknown[]
}

/**
 * Cuts data that is too long for one line into parts, at its lists: the first part has everything else and the beginning of the
 * lists, the others only what follows in them, in the same places. What stands in the lists of all parts together is what stands
 * in those of the data, in the same order. Something in a list that is too long by its own lists (a room by its messages) comes as several.
 * Short data is its only part.
 */
export function partsOf(data: object, room = mostData): readonly object[] {
  if (sizeOf(data) <= room) return [data]
  const lists: List[] = []
  const frame = framed(JSON.parse(JSON.stringify(data)) as Data, [], lists)
  const parts = [shortened(frame, room)]
  let left = room - sizeOf(frame)
  for (const { path, items } of lists) {
    const label = sizeOf(path) + 8
    for (const item of items)
      for (const piece of piecesOf(item, room - label)) {
        const size = sizeOf(piece) + 1
        if (size + label > left) {
          parts.push({})
          left = room
        }
        const list = listIn(parts.at(-1) ?? {}, path)
        left -= size + (list.length === 0 ? label : 0)
        list.push(piece)
      }
  }
  return parts
}

/** The data without what is in its lists, which are noted. */
function framed(data: Data, path: readonly string[], lists: List[]): Data {
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => {
      const here = [...path, name]
      if (Array.isArray(value)) {
        lists.push({ path: here, items: value })
        return [name, []]
      }
      return [name, typeof value === 'object' && value !== null ? framed(value as Data, here, lists) : value]
    }),
  )
}

function piecesOf(item: unknown, room: number): readonly unknown[] {
  if (typeof item !== 'object' || item === null || sizeOf(item) <= room) return [item]
  const frame = framed(item as Data, [], [])
  return partsOf(item, room - sizeOf(frame)).map((part) => shortened({ ...frame, ...part }, room))
}

/** The list at this place, which is made if it is not there. */
function listIn(data: Data, [name = '', ...further]: readonly string[]): unknown[] {
  if (further.length > 0) {
    const inner = (data[name] ?? {}) as Data
    data[name] = inner
    return listIn(inner, further)
  }
  const list = (data[name] ?? []) as unknown[]
  data[name] = list
  return list
}

/** The data with its texts cut (`cut`), if these alone are too long. */
function shortened(data: Data, room: number): Data {
  if (sizeOf(data) <= room) return data
  const texts = Object.entries(data).filter(([, value]) => typeof value === 'string')
  const most = Math.floor(room / 8 / Math.max(1, texts.length))
  const cut = texts.map(([name, text]) => [name, beginning(text as string, most)])
  return { ...data, ...(Object.fromEntries(cut) as Data), cut: true }
}

/** The first UTF-16 units of a text, without half a character. */
export function beginning(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '')
}

/** In bytes, as JSON. */
export function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '')
}
