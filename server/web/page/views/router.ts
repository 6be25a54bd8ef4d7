import { useEffect, useState } from 'preact/hooks'

/** A screen has an address of its own: one can go back, and keep it. */
export type Screen =
  | { readonly name: 'talk'; readonly place: string; readonly at?: number }
  | { readonly name: 'search'; readonly words: string }
  | { readonly name: 'inbox' | 'channels' | 'new' | 'people' | 'settings' | 'operator' | 'start' | 'files' }
  | { readonly name: 'front'; readonly way: 'sign-in' | 'sign-up' | 'guest' | 'recover' }

const plain = ['inbox', 'channels', 'new', 'people', 'settings', 'operator', 'files'] as const
const ways = ['sign-in', 'sign-up', 'guest', 'recover'] as const

export function screenOf(hash: string): Screen {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?')
  const [first = '', second = ''] = path.split('/')
  const given = new URLSearchParams(query)
  if (first === 'talk' && second !== '') {
    const at = Number(given.get('at'))
    const place = decoded(second)
    return { name: 'talk', place, ...(Number.isSafeInteger(at) && at > 0 ? { at } : {}) }
  }
  if (first === 'search') return { name: 'search', words: given.get('for') ?? '' }
  const way = ways.find((known) => known === first)
  if (way !== undefined) return { name: 'front', way }
  const name = plain.find((known) => known === first)
  return { name: name ?? 'start' }
}

export function addressOf(screen: Screen): string {
  switch (screen.name) {
    case 'talk': {
      const at = screen.at === undefined ? '' : `?at=${screen.at}`
      return `#/talk/${encodeURIComponent(screen.place)}${at}`
    }
    case 'search':
      return `#/search?${new URLSearchParams({ for: screen.words })}`
    case 'front':
      return `#/${screen.way}`
    case 'start':
      return '#/'
    default:
      return `#/${screen.name}`
  }
}

export function go(screen: Screen): void {
  location.hash = addressOf(screen)
}

/** Goes there without a step to go back to. */
export function goInstead(screen: Screen): void {
  location.replace(addressOf(screen))
}

export function useScreen(): Screen {
  const [hash, set] = useState(location.hash)
  useEffect(() => {
    const changed = () => set(location.hash)
    // It may have become another one before anybody listened.
    changed()
    addEventListener('hashchange', changed)
    return () => removeEventListener('hashchange', changed)
  }, [])
  return screenOf(hash)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
