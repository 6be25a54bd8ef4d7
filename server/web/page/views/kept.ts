/** What a browser keeps between two loads of the page; one that keeps nothing is no less usable. */
function get(name: string): string | undefined {
  try {
    return localStorage.getItem(`partyline ${name}`) ?? undefined
  } catch {
    return undefined
  }
}

function set(name: string, value: string | undefined): void {
  try {
    if (value === undefined || value === '') localStorage.removeItem(`partyline ${name}`)
    else localStorage.setItem(`partyline ${name}`, value)
  } catch {
    // Storage is full or forbidden.
  }
}

export function lastPlace(): string | undefined {
  return get('last place')
}

export function keepLastPlace(name: string): void {
  set('last place', name)
}

/** What somebody has typed in a place and not said. */
export function draftIn(me: string, key: string): string {
  return get(`draft ${me} ${key}`) ?? ''
}

export function keepDraft(me: string, key: string, text: string): void {
  set(`draft ${me} ${key}`, text)
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
