import { type Failure, fail } from './failures.ts'

/**
 * Names are ASCII on purpose: everybody can type everybody's name on any keyboard, and no two names
 * look alike while being different.
 */
const accountName = /^[A-Za-z][A-Za-z0-9_.-]{1,23}$/
/** `#9a` is a channel; `#7` is the account of that number. */
const channelName = /^#(?!\d+$)[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$/
/** What is behind the last letter or digit of a name belongs to the sentence, so that no new name ends in it. */
const punctuation = /(?<=[A-Za-z0-9])[^A-Za-z0-9]+$/

/** Whether what somebody has typed stands for a channel, and not for a person: `#7` is the account of that number. */
export function meansChannel(target: string): boolean {
  return target.startsWith('#') && !/^#\d+$/.test(withoutPunctuation(target))
}

/** The form in which names are compared; for accounts, guests and channels alike. */
export function foldName(name: string): string {
  return name.toLowerCase()
}

/** A name as somebody has typed it in a sentence: `bob:`, `#tea.` and the like without what is behind it. */
export function withoutPunctuation(name: string): string {
  return name.replace(punctuation, '')
}

/** Answers the name if a new account or a guest may have it. */
export function checkName(name: string): string {
  if (punctuation.test(name)) throw fail({ code: 'bad-name', what: 'person', name })
  return checkOldName(name)
}

/** The same for what was made by earlier versions, when names could end in `_`, `-` or `.`, too. */
export function checkOldName(name: string): string {
  if (!accountName.test(name)) throw fail({ code: 'bad-name', what: 'person', name })
  return name
}

/** Whether a new channel may be called so. */
export function isChannelName(name: string): boolean {
  return channelName.test(name) && !punctuation.test(name)
}

/** Answers the name if a new channel may have it. */
export function checkChannelName(name: string): string {
  if (!isChannelName(name)) throw fail({ code: 'bad-name', what: 'channel', name })
  return name
}

/** The same for what was made by earlier versions. */
export function checkOldChannelName(name: string): string {
  if (!channelName.test(name)) throw fail({ code: 'bad-name', what: 'channel', name })
  return name
}

/** Why nothing is renamed to what it is called. */
export function calledSo(name: string): Failure {
  return fail({ code: 'bad-arguments', detail: `That is called ${name} already.` })
}

/** Good enough to catch typing errors: nothing but a message sent there proves an address. */
export function checkEmail(address: string): string {
  if (!/^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>".]+$/.test(address) || Buffer.byteLength(address) > 254)
    throw fail({ code: 'bad-arguments', detail: `"${address}" is not an e-mail address.` })
  return address
}
