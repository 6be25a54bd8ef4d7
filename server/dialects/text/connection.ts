import type { Reply } from '../../chat/model/replies.ts'
import { type CharsetName, charsetNames } from '../../lib/charset-names.ts'
import { whereToText } from './events.ts'
import { commandLines, helpLines } from './help.ts'
import type { ReplyLines } from './reply-lines.ts'

/** Words by which people see whether a character set is the one of their terminal. */
const trials: Readonly<Record<CharsetName | 'utf-8', string>> = {
  'utf-8': 'café привет 你好',
  latin1: 'café über niño',
  cp1252: 'café über niño',
  cp437: 'café über niño',
  cp850: 'café über niño',
  cp1251: 'привет',
  'koi8-r': 'привет',
  gbk: '你好',
  shift_jis: 'こんにちは',
}

function charsetLine({ charset, isNew, terminal }: Reply & { code: 'charset' }): string {
  const name = charset === 'utf-8' ? 'UTF-8' : charset
  if (!isNew)
    return `* This connection uses ${name}. /charset NAME changes it: ${charsetNames.join(', ')}, or utf-8.`
  const remembered =
    terminal === undefined ? '' : ` Your account remembers it for terminals of the type ${terminal}.`
  const back = charset === 'utf-8' ? '' : ' /charset utf-8 goes back.'
  return `* This connection uses ${name} now. It is right if you can read this: ${trials[charset]}.${remembered}${back}`
}
function editorText(choice: 'on' | 'off' | 'auto', on: boolean): string {
  if (choice === 'off')
    return '* Your terminal edits the line, and not the server. /editor auto changes that.'
  if (!on)
    return choice === 'on'
      ? '* Your terminal goes on editing the line: your client does not send each key, or not in UTF-8. /help editor shows what works.'
      : '* Your terminal edits the line. The server can do it where each key is sent: /help editor shows how.'
  return choice === 'on'
    ? '* The server edits the line. If each letter appears twice now, your terminal edits it too: /editor off ends it.'
    : '* The server edits the line, because your client sends each key. /editor off ends it, /help editor has the keys.'
}

const bellTexts = {
  off: '* The bell does not ring. /bell mentions or /bell all changes that.',
  mentions: '* The bell rings when somebody names you, or writes to you directly. /bell off ends it.',
  all: '* The bell rings at each message. /bell off ends it.',
} as const

/** Help and the menu, and settings of this connection. */
export const connectionReplies = {
  help: helpLines,
  'help-command': commandLines,
  menu: (reply) => reply.choices.map(({ key, label }) => `- ${key.padStart(2)}  ${label}`),
  'menu-left': (reply) => [
    `* Back in the chat. ${reply.target === undefined ? '' : `${whereToText(reply.target)} `}/menu shows the list again.`,
  ],
  'menu-again': () => ['* Enter shows the menu again, c goes back to the chat.'],
  format: () => ['* This connection uses text now: lines for people.'],
  time: (reply, screen) => [
    `* It is ${screen.times.time(reply.now)} on ${screen.times.date(reply.now)} (${reply.zone}), ${reply.clock}-hour clock. /time ${reply.clock === '24' ? '12' : '24'} or /time Europe/Berlin changes it.`,
  ],
  color: (reply) => [
    `* Colours are ${reply.on ? 'on. /color off ends them' : 'off. /color on begins them'}.`,
  ],
  charset: (reply) => [charsetLine(reply)],
  hold: (reply) => [
    reply.on
      ? '* What arrives is kept until you press Enter. /hold off ends it.'
      : '* What arrives is shown at once. /hold on keeps it until you press Enter.',
  ],
  editor: ({ choice, on }) => [editorText(choice, on)],
  bell: (reply) => [bellTexts[reply.for]],
  pong: (reply) => [`* pong${reply.text ? ` ${reply.text}` : ''}`],
  rest: () => ['* Only answers in JSON are cut: lists have pages here.'],
  'nothing-to-cancel': () => ['* There is no question to cancel.'],
  goodbye() {
    // OpenBSD's nc notices only when it sends something.
    return ['* Goodbye. If your client does not end by itself, press Enter.']
  },
} satisfies Partial<ReplyLines>
