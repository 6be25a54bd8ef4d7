import { withNote } from '../state/log.ts'
import { inLog } from '../state/places.ts'
import { lostCode } from '../wire/connection.ts'
import type { Data } from '../wire/protocol.ts'
import type { Chat } from './chat.ts'

/** Where to go behind what was typed: a place, a search, or where the page begins. */
export type Next =
  | { readonly place: string }
  | { readonly search: string }
  | { readonly start: true }
  /** It could not be done now, and stays where it was typed. */
  | { readonly kept: true }
  | undefined

/** What one types in a page by other means than by a command. */
const otherwise: Readonly<Record<string, string>> = {
  paste: 'Type or paste the lines here: Shift+Enter begins a new one.',
  filesend: 'Use the paper clip, or drop the file here.',
  send: 'Use the paper clip, or drop the file here.',
  filepaste: 'Use the paper clip, or drop the file here.',
  put: 'Use the paper clip, or drop the file here.',
  get: 'Files are at the left, with a link to get each.',
  signup: 'Settings have a form to make an account.',
  login: 'You are here already. Log out first, by /logout.',
  recover: 'You are here already. Settings have a form for another password.',
  menu: 'All that the menu has is in this page.',
  format: 'A page has a form of its own.',
  hold: 'Nothing is written into what you type here.',
  color: 'The colours here are those of your system.',
}

/** What these do is shown where they do it. */
const shownOtherwise: ReadonlySet<string> = new Set([
  ...[
    'topic',
    'private',
    'rename',
    'promote',
    'demote',
    'transfer',
    'remove',
    'invite',
    'chat',
    'end',
    'msg',
  ],
  ...[
    'away',
    'back',
    'read',
    'unread',
    'delete',
    'edit',
    'join',
    'create',
    'accept',
    'leave',
    'nick',
    'switch',
  ],
])

/** Says a text in a place, or runs the command that it is. */
export async function typedIn(chat: Chat, place: string, text: string): Promise<Next> {
  const command = /^\/(?!\/)(\S*)\s*([\s\S]*)$/.exec(text)
  if (!command) {
    chat.saying.say(place, text.startsWith('//') ? text.slice(1) : text)
    return undefined
  }
  const [, given = '', rest = ''] = command
  const name = given.toLowerCase()
  const fails = (why: string) => note(chat, place, 'failure', why)
  if (otherwise[name] !== undefined) return fails(otherwise[name])
  if (name === 'me') {
    if (rest !== '') chat.saying.say(place, rest, 'action')
    return undefined
  }
  if (['msg', 'm', 'tell', 'dm', 'w'].includes(name)) {
    const said = /^(\S+)\s+([\s\S]+)$/.exec(rest)
    // `#7` is somebody's number: the server knows whose.
    if (said?.[1] !== undefined && said[2] !== undefined && !/^#\d/.test(said[1])) {
      const to = said[1].replace(/^@/, '')
      chat.saying.say(to, said[2])
      return { place: to }
    }
  }
  if (name === 'search' && rest !== '') return { search: rest }
  if (['quit', 'offline', 'exit'].includes(name)) return void chat.goOffline()
  if (name === 'logout') return void (await chat.logOut())
  const result = await chat.command(text, place)
  if (!result.ok) {
    const { code, message } = result.error
    if (code !== 'cancelled') fails(message)
    return code === lostCode ? { kept: true } : undefined
  }
  const { data } = result
  switch (result.command) {
    case 'passwd':
      await chat.stay()
      break
    case 'deleteaccount':
      chat.forgetMe()
      chat.toast('Your account is deleted.')
      return { start: true }
    case 'r':
      await chat.refresh(String(data['to']))
      return { place: String(data['to']) }
  }
  if (!shownOtherwise.has(result.command)) note(chat, place, 'answer', `/${result.command}`, readable(data))
  return nextOf(result.command, data)
}

function nextOf(command: string, data: Data): Next {
  if (command === 'leave') return { start: true }
  const to = { join: 'channel', create: 'channel', accept: 'channel', switch: 'target', chat: 'with' }[
    command
  ]
  const place = to === undefined ? undefined : data[to]
  return typeof place === 'string' ? { place } : undefined
}

function note(chat: Chat, place: string, kind: 'answer' | 'failure', text: string, data?: Data): undefined {
  const { at } = chat
  chat.store.change((state) =>
    inLog(state, place, (log) => withNote(log, { at, text, kind, ...(data === undefined ? {} : { data }) })),
  )
}

/** The list of commands is one list, and not one of lists. */
function readable(data: Data): Data {
  const { areas } = data as { readonly areas?: readonly { readonly commands: readonly object[] }[] }
  if (areas === undefined) return data
  return { commands: areas.flatMap(({ commands }) => commands) }
}
