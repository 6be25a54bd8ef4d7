/** What a browser keeps between two loads of the page; one that keeps nothing is no less usable. */
function get(name: string, storage: () => Storage = browser): string | undefined {
  try {
    return storage().getItem(`partyline ${name}`) ?? undefined
  } catch {
    return undefined
  }
}

function set(name: string, value: string | undefined, storage: () => Storage = browser): void {
  try {
    if (value === undefined || value === '') storage().removeItem(`partyline ${name}`)
    else storage().setItem(`partyline ${name}`, value)
  } catch {
    // Storage is full or forbidden.
  }
}

const browser = () => localStorage
const tab = () => sessionStorage

/** A guest is there in one tab alone. */
function storageOf(me: string): () => Storage {
  return me.startsWith('~') ? tab : browser
}

/** Nobody is logged in here any more: whoever comes next reads nothing of what was written, or where. */
export function forgetKept(): void {
  for (const storage of [browser, tab])
    try {
      for (const key of Object.keys(storage()))
        if (/^partyline (?:draft |last place$)/.test(key)) storage().removeItem(key)
    } catch {
      // There is none, then.
    }
}

/** Somebody has logged out, and their cookie is not taken away yet. */
export function isLeaving(): boolean {
  return get('leaving') === 'yes'
}

export function keepLeaving(leaving: boolean): void {
  set('leaving', leaving ? 'yes' : undefined)
}

export function lastPlace(): string | undefined {
  return get('last place')
}

export function keepLastPlace(name: string): void {
  set('last place', name)
}

/** What somebody has typed in a place and not said. */
export function draftIn(me: string, key: string): string {
  return get(`draft ${me} ${key}`, storageOf(me)) ?? ''
}

/** A command is no draft: there may be a password in it. */
export function keepDraft(me: string, key: string, text: string): void {
  set(`draft ${me} ${key}`, /^\/(?!\/|me\s)/.test(text) ? '' : text, storageOf(me))
}

/** A place has another name. */
export function moveDraft(me: string, from: string, to: string): void {
  const draft = draftIn(me, from)
  if (draft === '') return
  keepDraft(me, to, draft)
  keepDraft(me, from, '')
}

export function wantsNotifications(): boolean {
  return get('notifications') === 'on'
}

export function keepNotifications(on: boolean): void {
  set('notifications', on ? 'on' : undefined)
}
