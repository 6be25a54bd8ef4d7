/** A part of something said: words as they are, a link, a channel, or a name that is meant. */
export type Part =
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly url: string }
  | { readonly kind: 'channel'; readonly text: string }
  | { readonly kind: 'mention'; readonly text: string }

const found =
  /https?:\/\/[^\s<>"]+|(?<![\p{L}\p{N}_&/#])#[A-Za-z][\w.-]*\w|(?<![\p{L}\p{N}_./])@[A-Za-z][\w.-]*\w/giu
const behind = /[.,:;!?'"*_~]+$/

/**
 * Takes something said apart. Only http and https become links, and only what a browser takes for the same address: what shows
 * one host and leads to another (`http://good.example@bad.example`) stays words.
 */
export function partsOf(text: string): readonly Part[] {
  const parts: Part[] = []
  let from = 0
  const words = (upTo: number) => {
    if (upTo > from) parts.push({ kind: 'words', text: text.slice(from, upTo) })
  }
  for (const match of text.matchAll(found)) {
    const part = partOf(match[0])
    if (part === undefined) continue
    words(match.index)
    parts.push(part)
    from = match.index + part.text.length
  }
  words(text.length)
  return parts
}

function partOf(text: string): Part | undefined {
  if (text.startsWith('#')) return { kind: 'channel', text }
  if (text.startsWith('@')) return { kind: 'mention', text }
  const shown = withoutEnd(text)
  try {
    const url = new URL(shown)
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined
    if (url.username !== '' || url.password !== '' || !showsHost(shown, url)) return undefined
    return { kind: 'link', text: shown, url: url.href }
  } catch {
    return undefined
  }
}

/**
 * Whether what is shown names the host that it leads to. A browser also takes numbers (`http://0x7f.1`), other signs for dots,
 * and letters that look like others and make another name (`xn--...`).
 */
function showsHost(shown: string, { host, hostname, protocol }: URL): boolean {
  const [, named = ''] = /^https?:\/\/([^/?#]*)/i.exec(shown) ?? []
  const port = protocol === 'https:' ? ':443' : ':80'
  const name = named.toLowerCase()
  if ([host, `${hostname}${port}`].includes(name)) return true
  return /(?:^|\.)xn--/.test(hostname) && marked.test(name)
}

/** Letters with marks, as in `m\u00FCller.example`, look like no others. */
const marked = /^(?:(?![\u0131\u0133\u0138\u0140\u0149\u017F])[a-z\d.\u00DF-\u00F6\u00F8-\u017F-])+(?::\d+)?$/

/** A sentence goes on behind a link: its signs, and a bracket that was opened in front, are no part of it. */
function withoutEnd(text: string): string {
  let rest = text
  for (;;) {
    const before = rest
    rest = rest.replace(behind, '')
    for (const [open, close] of [
      ['(', ')'],
      ['[', ']'],
    ] as const)
      if (rest.endsWith(close) && count(rest, close) > count(rest, open)) rest = rest.slice(0, -1)
    if (rest === before) return rest
  }
}

function count(text: string, sign: string): number {
  return text.split(sign).length - 1
}
