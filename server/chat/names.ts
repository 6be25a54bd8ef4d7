import { fail } from './failures.ts'

/**
 * Names are ASCII on purpose: everybody can type everybody's name on any keyboard, and no two names
 * look alike while being different.
 */
const accountName = /^[A-Za-z][A-Za-z0-9_.-]{1,23}$/
/** `#9a` is a channel; `#7` is the account of that number. */
const channelName = /^#(?!\d+$)[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$/

/** Whether what somebody has typed stands for a channel, and not for a person: `#7` is the account of that number. */
export function meansChannel(target: string): boolean {
  return target.startsWith('#') && !/^#\d+$/.test(target)
}

/** The form in which names are compared; for accounts, guests and channels alike. */
export function foldName(name: string): string {
  return name.toLowerCase()
}

/** Answers the name if an account or a guest may have it. */
export function checkName(name: string): string {
  if (!accountName.test(name)) throw fail({ code: 'bad-name', what: 'person', name })
  return name
}

export function isChannelName(name: string): boolean {
  return channelName.test(name)
}

export function checkChannelName(name: string): string {
  if (!isChannelName(name)) throw fail({ code: 'bad-name', what: 'channel', name })
  return name
}

/** Good enough to catch typing errors: nothing but a message sent there proves an address. */
export function checkEmail(address: string): string {
  if (!/^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>".]+$/.test(address) || Buffer.byteLength(address) > 254)
    throw fail({ code: 'bad-arguments', detail: `"${address}" is not an e-mail address.` })
  return address
}
