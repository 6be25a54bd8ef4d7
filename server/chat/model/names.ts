import { type Failure, fail } from './failures.ts'

/**
 * Names are ASCII on purpose: everybody can type everybody's name on any keyboard, and no two names
 * look alike while being different.
 */
const accountName = /^[A-Za-z][A-Za-z0-9_.-]{1,23}$/
/** `#9a` is a channel; `#7` is the account of that number. */
const channelName = /^#(?!\d+$)[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$/
/** Signs after the last letter or digit belong to the sentence around a name, so no new name ends in one. */
const punctuation = /(?<=[A-Za-z0-9])[^A-Za-z0-9]+$/

/** Whether a typed name means a channel and not a person: `#7` is the account of that number. */
export function meansChannel(target: string): boolean {
  return target.startsWith('#') && !/^#\d+$/.test(withoutPunctuation(target))
}

/** The form in which names are compared; for accounts, guests and channels alike. */
export function foldName(name: string): string {
  return name.toLowerCase()
}

/** A name without the signs that follow it in a sentence: `bob` of `bob:`, `#tea` of `#tea.`. */
export function withoutPunctuation(name: string): string {
  return name.replace(punctuation, '')
}

/** Returns the name if a new account or a guest may have it; throws `bad-name` otherwise. */
export function checkName(name: string): string {
  if (punctuation.test(name)) throw fail({ code: 'bad-name', what: 'person', name })
  return checkOldName(name)
}

/** The same for existing names: those of earlier versions may also end in `_`, `-` or `.`. */
export function checkOldName(name: string): string {
  if (!accountName.test(name)) throw fail({ code: 'bad-name', what: 'person', name })
  return name
}

/** Whether a new channel may have this name. */
export function isChannelName(name: string): boolean {
  return channelName.test(name) && !punctuation.test(name)
}

/** Returns the name if a new channel may have it; throws `bad-name` otherwise. */
export function checkChannelName(name: string): string {
  if (!isChannelName(name)) throw fail({ code: 'bad-name', what: 'channel', name })
  return name
}

/** The same for existing channels. */
export function checkOldChannelName(name: string): string {
  if (!channelName.test(name)) throw fail({ code: 'bad-name', what: 'channel', name })
  return name
}

/** The failure of renaming something to the name that it has. */
export function calledSo(name: string): Failure {
  return fail({ code: 'bad-arguments', detail: `That is called ${name} already.` })
}

/** Finds typing errors only: no check but a message sent there proves that an address exists. */
export function checkEmail(address: string): string {
  if (!/^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>".]+$/.test(address) || Buffer.byteLength(address) > 254)
    throw fail({ code: 'bad-arguments', detail: `"${address}" is not an e-mail address.` })
  return address
}
