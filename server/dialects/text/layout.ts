/** Lists are laid out in columns; every line keeps the first character that tells what it is. */

import type { Count } from '../../chat/replies.ts'

/** How many columns a text takes: combining marks none, wide East Asian characters and emoji two. */
export function widthOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let width = 0
  for (const character of text) {
    if (/^\p{M}$|^\u200d$|^[\ufe00-\ufe0f]$/u.test(character)) continue
    width +=
      /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]$|^\p{Emoji_Presentation}$/u.test(
        character,
      )
        ? 2
        : 1
  }
  return width
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}

/** Rows as columns two spaces apart; the last column is not padded, but wrapped to the screen. */
export function table(rows: readonly (readonly string[])[], width: number): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, index) =>
    Math.max(0, ...rows.map((row) => widthOf(row[index] ?? ''))),
  )
  return rows.flatMap((row) => {
    const last = row.length - 1
    const head = row
      .slice(0, last)
      .map((cell, index) => `${pad(cell, widths[index] ?? 0)}  `)
      .join('')
    return wrap(`- ${head}`, row[last] ?? '', width)
  })
}

/** Breaks a text at spaces so that each line fits; further lines start as the first one, indented. */
export function wrap(head: string, text: string, width: number): string[] {
  const indent =
    head.slice(0, 1) + ' '.repeat(Math.max(1, Math.min(widthOf(head) - 1, Math.floor(width / 2))))
  const lines: string[] = []
  let line = head
  let empty = true
  for (const word of text.split(' ')) {
    if (!empty && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line)
      line = indent
      empty = true
    }
    line += empty ? word : ` ${word}`
    empty = false
  }
  lines.push(line)
  return lines.map((one) => one.trimEnd())
}

/** `1 member`, `2 members`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** As far as it was counted. */
export function counted({ count, more }: Count, one: string): string {
  return more ? `${count} or more ${one}s` : plural(count, one)
}
