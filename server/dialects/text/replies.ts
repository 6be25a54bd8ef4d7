import type { Message } from '../../chat/events.ts'
import type { Count, News, PersonRow, Reply, Room } from '../../chat/replies.ts'
import type { ZoneFormat } from '../../lib/zones.ts'
import { grantText } from '../grant-text.ts'
import type { Place } from '../paste.ts'
import { messageLine, notYou, whereToText } from './events.ts'
import { filesLines, inlineLines, storedLine, ticketLines, tokenLines } from './files.ts'
import { plural, table, wrap } from './layout.ts'
import { statsRows, warningLines } from './stats.ts'
import { grantLines, tokenCells } from './tokens.ts'
import { troubleLines } from './trouble.ts'

export interface Screen {
  readonly times: ZoneFormat
  /** Columns. */
  readonly width: number
  /** What lines to paste name the server by. */
  readonly place: Place
}

/** What a person reads as the answer to a command. */
export function replyLines(reply: Reply, screen: Screen): string[] {
  switch (reply.code) {
    case 'said':
      return [
        ...(reply.waits === undefined ? [] : [`* ${reply.waits} is offline; the message waits.`]),
        ...(reply.away === undefined
          ? []
          : [`* ${reply.away.name} is away${reply.away.note ? `: ${reply.away.note}` : ''}`]),
      ]
    case 'welcome':
      return welcomeLines(reply, screen)
    case 'welcome-guest':
      return [
        `* You are ${reply.name}, a guest. /signup makes an account of it.`,
        ...reply.rooms.flatMap((room) => roomLines(room, screen)),
        `${whereTo(reply.target)} /help lists the commands.`,
      ]
    case 'renamed':
      return [`* You are now ${reply.name}.`]
    case 'logged-out':
      return [`* ${reply.name} is logged out here. /login, /signup or /nick to go on, /quit to leave.`]
    case 'password-changed':
      return ['* Your password is changed.']
    case 'recovered':
      return [
        `* The password of ${reply.name} is changed. Log in with /login ${reply.name}.`,
        `* Your new recovery code is ${reply.recoveryCode} - write it down, the old one is used up.`,
      ]
    case 'email':
      return [
        reply.email === undefined
          ? '* There is no e-mail address in your profile.'
          : `* Your e-mail address is ${reply.email}. Nobody else sees it.`,
      ]
    case 'account-deleted':
      return [`* The account ${reply.name} is deleted. You can still be a guest: /nick NAME.`]
    case 'token-made':
      return [
        `* Token ${reply.name}: ${reply.token}`,
        ...(reply.scope === 'all' && !reply.channels ? [] : [`* It can ${grantText(reply)}.`]),
        '* It is shown only now. A script logs in with:',
        `*   /login ${reply.account} ${reply.token}`,
      ]
    case 'tokens':
      return [
        ...table(
          reply.tokens.map((row) => tokenCells(row, screen)),
          screen.width,
        ),
        `* ${plural(reply.tokens.length, 'token')}. /token NAME makes one, /token NAME revoke ends one; see /help token.`,
      ]
    case 'token-removed':
      return [`* The token ${reply.name} does not log anybody in any more.`]
    case 'profile':
      return profileLines(reply, screen)
    case 'mydata':
      return mydataLines(reply, screen)
    case 'away':
      return [`* You are away${reply.note ? `: ${reply.note}` : ''}. /back ends it.`]
    case 'back':
      return ['* You are back.']
    case 'who':
      return [
        ...peopleLines(reply.members, screen),
        `* ${plural(reply.members.length, 'person', 'people')} online.`,
      ]
    case 'whois':
      return whoisLines(reply, screen)
    case 'channels':
      return [
        ...table(
          reply.channels.map(({ name, members, joined, private: isPrivate, topic }) => [
            name,
            plural(members, 'member'),
            [joined ? 'joined' : '', isPrivate ? 'private' : ''].filter(Boolean).join(', '),
            topic,
          ]),
          screen.width,
        ),
        `* ${plural(reply.channels.length, 'channel')}. /join #NAME enters one.`,
      ]
    case 'created':
      return [
        ...(reply.invited.length > 0
          ? [`* ${reply.invited.join(', ')} ${reply.invited.length === 1 ? 'is' : 'are'} asked to come in.`]
          : []),
        `* ${reply.channel} is made${reply.private ? ', private' : ''}. You are its admin. ${whereToText(reply.channel)}`,
      ]
    case 'invited':
      return [
        `* ${reply.invited.join(', ')} ${reply.invited.length === 1 ? 'is' : 'are'} asked into ${reply.channel}.`,
      ]
    case 'requests':
      return requestsLines(reply, screen)
    case 'rejected':
      return [`* You rejected the invitation into ${reply.channel}.`]
    case 'moderated':
      return [`* ${moderatedText(reply, screen)}`]
    case 'bans':
      return [
        ...reply.names.map((name) => `- ${name}`),
        `* ${plural(reply.names.length, 'person is', 'people are')} banned from ${reply.channel}.`,
      ]
    case 'chat-list':
      return [
        ...reply.names.map((name, index) => `- ${index + 1}  ${name}`),
        reply.names.length === 0
          ? '* Nobody else is online.'
          : '* /chat NUMBER or /chat NAME chooses; it begins when both have chosen.',
      ]
    case 'chat-waiting':
      return [
        `* ${reply.with} is asked. The talk begins when ${reply.with} chooses you too; /end stops waiting.`,
      ]
    case 'paired':
      return [`* You are allowed to chat now, you and ${reply.with}. /end or @end ends it.`]
    case 'unpaired':
      return [
        reply.begun
          ? `* The private talk with ${reply.with} has ended.${reply.target ? ` ${whereToText(reply.target)}` : ''}`
          : `* You do not wait for ${reply.with} any more.`,
      ]
    case 'contact':
      return [`* ${reply.name} is ${reply.on ? 'now' : 'no longer'} among your contacts.`]
    case 'contacts':
      return [
        ...table(
          reply.contacts.map((contact) => [contact.name, statusText(contact)]),
          screen.width,
        ),
        `* ${plural(reply.contacts.length, 'contact')}. You are ${reply.watch ? '' : 'not '}told when they come and go (/contacts watch ${reply.watch ? 'off' : 'on'}).`,
      ]
    case 'block':
      return [
        reply.on
          ? `* You hear nothing from ${reply.name} any more. They are not told.`
          : `* You hear from ${reply.name} again.`,
      ]
    case 'blocks':
      return [
        ...reply.names.map((name) => `- ${name}`),
        `* You have blocked ${plural(reply.names.length, 'person', 'people')}.`,
      ]
    case 'invite-code':
      return [`* ${reply.invite} lets one newcomer sign up, until ${screen.times.dateTime(reply.until)}.`]
    case 'registered':
      return [
        `* The account ${reply.name} (#${reply.id}) is made. Its owner has to change the password at the first login.`,
        `* Its recovery code is ${reply.recoveryCode} - give it to its owner too.`,
      ]
    case 'users':
      return [
        ...table(
          reply.users.map(({ name, id, status, operator, lastSeen, email }) => [
            name,
            `#${id}`,
            status,
            `last here ${screen.times.dateTime(lastSeen)}`,
            [operator ? 'operator' : '', email ?? ''].filter(Boolean).join(', '),
          ]),
          screen.width,
        ),
        `* ${plural(reply.users.length, 'account')}.`,
      ]
    case 'user-deleted':
      return [`* The account ${reply.name} is deleted.`]
    case 'password-set':
      return [`* The password of ${reply.name} is set; it has to be changed at the next login.`]
    case 'killed':
      return [`* ${reply.name} is disconnected (${plural(reply.connections, 'connection')}).`]
    case 'address-banned':
      return [
        `* Nobody connects from ${reply.cidr} any more${reply.until === undefined ? '' : `, until ${screen.times.dateTime(reply.until)}`}.`,
      ]
    case 'address-unbanned':
      return [`* ${reply.cidr} may connect again.`]
    case 'address-bans':
      return [
        ...table(
          reply.bans.map(({ cidr, until }) => [
            cidr,
            until === undefined ? 'without end' : `until ${screen.times.dateTime(until)}`,
          ]),
          screen.width,
        ),
        `* ${plural(reply.bans.length, 'address is', 'addresses are')} banned.`,
      ]
    case 'menu':
      return reply.choices.map(({ key, label }) => `- ${key.padStart(2)}  ${label}`)
    case 'menu-left':
      return ['* Back in the chat. /menu shows the list again.']
    case 'joined':
      return [
        ...(reply.made ? [`* ${reply.room.channel} is new: you made it and are its admin.`] : []),
        ...roomLines(reply.room, screen),
        whereTo(reply.room.channel),
      ]
    case 'left':
      return [
        reply.target === undefined
          ? `* You left ${reply.channel}. You are talking nowhere now: /join #CHANNEL or /switch TARGET.`
          : `* You left ${reply.channel}. ${whereToText(reply.target)}`,
      ]
    case 'members':
      return [
        ...peopleLines(reply.members, screen),
        reply.others
          ? `* ${plural(reply.members.length, 'other')} of ${reply.channel} online.`
          : `* ${plural(reply.members.length, 'member')} of ${reply.channel}, ${reply.members.filter(({ status }) => status !== 'offline').length} online.`,
      ]
    case 'topic':
      if (reply.topic === '') return [`* ${reply.channel} has no topic.`]
      return [`* ${reply.changed ? 'The topic is set' : `Topic of ${reply.channel}`}: ${reply.topic}`]
    case 'target':
      return [
        ...(reply.channels.length > 0 ? [`* You are in ${reply.channels.join(', ')}.`] : []),
        reply.target === undefined
          ? '* You are talking nowhere: /join #CHANNEL or /switch TARGET.'
          : whereTo(reply.target),
      ]
    case 'messages':
      return messagesLines(reply, screen)
    case 'help':
      return helpLines(reply, screen)
    case 'help-command':
      return [
        ...wrap('- ', reply.command.usage, screen.width),
        ...wrap('-   ', reply.command.summary, screen.width),
        ...(reply.text === '' ? [] : wrap('-   ', reply.text, screen.width)),
        ...(reply.aliases.length === 0
          ? []
          : [`-   Also: ${reply.aliases.map((alias) => `/${alias}`).join(', ')}`]),
        `* ${forWhom[reply.who]}${reply.who === 'member' && reply.barred ? ' /signup or /login comes first.' : ''}`,
      ]
    case 'format':
      return ['* Text it is: lines for people.']
    case 'time':
      return [
        `* It is ${screen.times.dateTime(reply.now)} in ${reply.zone}, with ${reply.clock} hours.`,
        '* For example /time 12 or /time Europe/Berlin changes that.',
      ]
    case 'color':
      return [reply.on ? '* Colours are on.' : '* Colours are off.']
    case 'hold':
      return [
        reply.on
          ? '* What arrives is kept until you press Enter. /hold off ends it.'
          : '* What arrives is shown at once.',
      ]
    case 'pong':
      return [`* pong${reply.text ? ` ${reply.text}` : ''}`]
    case 'nothing-to-cancel':
      return ['* There is no question to cancel.']
    case 'reloaded':
      return reloadedLines(reply).map((line) => `* ${line}`)
    case 'stats':
      return [
        ...table(statsRows(reply.stats), screen.width),
        ...warningLines(reply.stats).map((line) => `* ${line}`),
      ]
    case 'logins':
      return [
        ...table(
          reply.logins.map(({ failures, of, until }) => [
            of,
            plural(failures, 'failure'),
            until > reply.now ? `waits until ${screen.times.dateTime(until)}` : '',
          ]),
          screen.width,
        ),
        reply.logins.length === 0
          ? '* Nobody failed to log in lately.'
          : '* /logins clear NAME|ADDRESS lets somebody try again.',
      ]
    case 'login-cleared':
      return [`* ${reply.of} can try again.`]
    case 'file-ticket':
      return ticketLines(reply, screen)
    case 'file-token':
      return tokenLines(reply, screen)
    case 'file-inline':
      return inlineLines(reply)
    case 'file-stored':
      return [`* ${storedLine(reply.file)}`]
    case 'files':
      return filesLines(reply, screen)
    case 'file-deleted':
      return [`* ${reply.name} (${reply.id}) is deleted.`]
    case 'goodbye':
      return ['* Goodbye.']
    default:
      return reply satisfies never
  }
}

/** What a reload has done, for chat and command line. */
export function reloadedLines({
  changed,
  kept,
}: {
  readonly changed: readonly string[]
  readonly kept: readonly string[]
}): string[] {
  return [
    ...(kept.length === 0 ? [] : [`Needs a new start, and is as before until then: ${kept.join(', ')}.`]),
    changed.length === 0
      ? 'Reloaded: no setting has changed. Certificates were read again.'
      : `Reloaded: ${changed.join(', ')}. Certificates were read again.`,
  ]
}

const forWhom = {
  visitor: 'Everybody can do that.',
  guest: 'Guests and members can do that.',
  member: 'Members can do that.',
  operator: 'Operators can do that.',
} as const

function whereTo(target: string | undefined): string {
  return target === undefined
    ? '* /channels lists the channels, /join #NAME enters one.'
    : `* ${whereToText(target)}`
}

function counted({ count, more }: Count, one: string): string {
  return more ? `${count} or more ${one}s` : plural(count, one)
}

/** Something said earlier: with its date, which marks it as history. */
function historyLine(message: Message, { times }: Screen, reader?: string): string {
  return messageLine(message, times.dateTime(message.at), reader !== undefined && message.from === reader)
}

function roomLines({ channel, topic, members, messages, unread }: Room, screen: Screen): string[] {
  const head = `* ${channel}: ${plural(members, 'member')}${topic ? `. Topic: ${topic}` : ''}`
  const lines = messages.map((message) => historyLine(message, screen))
  if (!unread) return lines.length === 0 ? [head] : [head, '* What was said last:', ...lines]
  if (unread.count === 0) return [head]
  const shown = messages.length
  const hidden = unread.more || unread.count > shown
  return [
    head,
    `* You missed ${counted(unread, 'line')}${hidden ? `, these are the last ${shown}; /history ${channel} ${Math.min(unread.count, 500)} shows more` : ''}:`,
    ...lines,
  ]
}

function welcomeLines(reply: Reply & { code: 'welcome' }, screen: Screen): string[] {
  const { grant, profile, recoveryCode, lastSeen, rooms, waiting, target } = reply
  const { count } = waiting.count
  return [
    recoveryCode === undefined
      ? `* Welcome back, ${profile.name} (#${profile.id}).${lastSeen === undefined || lastSeen === profile.since ? '' : ` You were last here ${screen.times.dateTime(lastSeen)}.`}`
      : `* Welcome, ${profile.name}. Your number is #${profile.id}; you can log in by either.`,
    ...(recoveryCode === undefined
      ? []
      : [
          `* Your recovery code is ${recoveryCode} - write it down:`,
          '* it is shown only now, and /recover needs it if you forget your password.',
        ]),
    ...rooms.flatMap((room) => roomLines(room, screen)),
    ...(count === 0
      ? []
      : waiting.messages.length === 0
        ? [`* ${counted(waiting.count, 'message')} wait for you: /inbox shows them.`]
        : [
            `* ${plural(count, 'message')} waited for you:`,
            ...waiting.messages.map((message) => historyLine(message, screen, profile.name)),
          ]),
    ...newsLines(reply.news, screen),
    ...(reply.trouble ? troubleLines(reply.trouble, screen) : []),
    ...grantLines(grant),
    ...(grant?.scope === 'read'
      ? []
      : [`${whereTo(target)}${recoveryCode === undefined ? '' : ' /help lists the commands.'}`]),
  ]
}

/** What else came meanwhile, in few lines. */
function newsLines({ mentions, notices, requests, answers, logins }: News, screen: Screen): string[] {
  return [
    ...(mentions.count > 0
      ? [`* You were named in ${counted(mentions, 'message')}: /mentions shows them.`]
      : []),
    ...(notices.length > 0
      ? [
          `* ${plural(notices.length, 'new notice')}:`,
          ...notices.map((notice) => historyLine(notice, screen)),
        ]
      : []),
    ...answers.map(({ user, answer, channel }) => `* ${user} ${answer} your invitation into ${channel}.`),
    ...requests.map(
      ({ by, channel, request }) =>
        `* ${by} invites you into ${channel}: /accept ${request} or /reject ${request}`,
    ),
    ...(logins.length > 0
      ? [
          `* Your account logged in from ${logins.length === 1 ? 'a new address' : 'new addresses'}: ${logins.map(({ address, at }) => `${address} (${screen.times.dateTime(at)})`).join(', ')}. ${notYou}`,
        ]
      : []),
  ]
}

function requestsLines({ reader, requests }: Reply & { code: 'requests' }, screen: Screen): string[] {
  const mine = requests.filter(({ user }) => user === reader).length
  return [
    ...table(
      requests.map(({ request, channel, user, by, at, answer }) => [
        String(request),
        channel,
        user === reader ? `from ${by}` : `to ${user}`,
        screen.times.date(at),
        answer,
      ]),
      screen.width,
    ),
    mine > 0
      ? `* ${plural(mine, 'request waits', 'requests wait')} for your answer: /accept N or /reject N.`
      : '* No request waits for your answer.',
  ]
}

function moderatedText(reply: Reply & { code: 'moderated' }, { times }: Screen): string {
  const { action, channel, name, until } = reply
  switch (action) {
    case 'removed':
      return `${name} is removed from ${channel}.`
    case 'banned':
      return `${name} is banned from ${channel}. /unban ${channel} ${name} ends it.`
    case 'unbanned':
      return `${name} may come into ${channel} again.`
    case 'muted':
      return `${name} cannot speak in ${channel}${until === undefined ? '' : ` until ${times.dateTime(until)}`}. /unmute ${channel} ${name} ends it.`
    case 'unmuted':
      return `${name} may speak in ${channel} again.`
    case 'promoted':
      return `${name} is now a moderator of ${channel}.`
    case 'demoted':
      return `${name} is now a plain member of ${channel}.`
    case 'transferred':
      return `${name} is now the admin of ${channel}; the one before is a plain member.`
    default:
      return action satisfies never
  }
}

function statusText({ status, note }: Pick<PersonRow, 'status' | 'note'>): string {
  return note ? `${status}: ${note}` : status
}

function peopleLines(people: readonly PersonRow[], screen: Screen): string[] {
  return table(
    people.map(({ name, id, status, role, note }) => [
      name,
      id === undefined ? 'guest' : `#${id}`,
      status,
      [role ?? '', note ?? ''].filter(Boolean).join(', '),
    ]),
    screen.width,
  )
}

function profileLines(
  { profile, status, note, contacts = [] }: Reply & { code: 'profile' },
  screen: Screen,
): string[] {
  return [
    ...table(
      [
        ['Name', profile.name],
        ['Number', `#${profile.id}`],
        ...(profile.email === undefined ? [] : [['E-mail', profile.email]]),
        ['Since', screen.times.date(profile.since)],
        ['Now', statusText({ status, note })],
        ...(contacts.length === 0 ? [] : [['Contacts', contacts.join(' ')]]),
        ...(profile.operator ? [['Role', 'operator of this server']] : []),
      ],
      screen.width,
    ),
    `* That is the profile of ${profile.name}.`,
  ]
}

function mydataLines(reply: Reply & { code: 'mydata' }, screen: Screen): string[] {
  const { profile, channels, tokens, addresses, messages } = reply
  const { date } = { date: (at: number) => screen.times.date(at) }
  return [
    ...table(
      [
        ['Name', profile.name],
        ['Number', `#${profile.id}`],
        ['E-mail', profile.email ?? 'none'],
        ['Since', date(profile.since)],
        ...channels.map(({ name, since, role }) => [
          'Channel',
          `${name} since ${date(since)}${role ? `, ${role}` : ''}`,
        ]),
        ...tokens.map((row) => ['Token', tokenCells(row, screen).join(', ')]),
        ...addresses.map(({ address, since, last }) => [
          'Login',
          `from ${address}, first ${date(since)}, last ${date(last)}`,
        ]),
        [
          'Messages',
          `${counted(messages, 'message')} of yours; /search from:${profile.name} WORDS finds them`,
        ],
      ],
      screen.width,
    ),
    '* That is stored about you, and hashes of your password and recovery code.',
    '* /mydata file writes all of it down, with your messages, for you to download.',
  ]
}

function whoisLines(reply: Reply & { code: 'whois' }, screen: Screen): string[] {
  const { person, operator, since, lastSeen, channels } = reply
  return [
    ...table(
      [
        ['Name', person.name],
        ['Number', person.id === undefined ? 'none: a guest' : `#${person.id}`],
        ['Now', statusText(person)],
        ...(lastSeen === undefined ? [] : [['Last here', screen.times.dateTime(lastSeen)]]),
        ...(since === undefined ? [] : [['Since', screen.times.date(since)]]),
        ...(operator ? [['Role', 'operator of this server']] : []),
        ...(channels.length === 0 ? [] : [['Channels', channels.join(' ')]]),
      ],
      screen.width,
    ),
    `* That is ${person.name}.`,
  ]
}

function messagesLines(reply: Reply & { code: 'messages' }, screen: Screen): string[] {
  const { list, of, messages, more, unreadFrom, reader } = reply
  const lines = messages.map((message) => historyLine(message, screen, reader))
  const found = plural(messages.length, 'message')
  switch (list) {
    case 'history': {
      if (messages.length === 0)
        return [`* Nothing was said ${of?.startsWith('#') ? 'in' : 'with'} ${of} yet.`]
      const older = more ? ` Older ones: /history ${of} ${messages.length} before ${messages[0]?.id}` : ''
      return [...lines, `* ${found} of ${of}.${older}`]
    }
    case 'search':
      return [...lines, `* ${found} found${more ? ', and there are older ones: add before:DAY' : ''}.`]
    case 'notices':
      return [
        ...lines,
        messages.length === 0 ? '* There are no notices.' : `* ${plural(messages.length, 'notice')}.`,
      ]
    case 'mentions':
      return [
        ...lines,
        messages.length === 0 ? '* Nobody has named you as @you.' : `* You were named in ${found}.`,
      ]
    case 'inbox':
      if (unreadFrom !== undefined)
        return [...lines, `* ${found} waited for you${more ? '; /inbox shows the next ones' : ''}.`]
      return [
        ...lines,
        messages.length === 0
          ? '* Your inbox is empty.'
          : `* No new messages; ${messages.length === 1 ? 'that is the last one' : `these are the last ${messages.length}`}.`,
      ]
    default:
      return list satisfies never
  }
}

function helpLines({ areas, explained }: Reply & { code: 'help' }, { width }: Screen): string[] {
  const used = areas.filter(({ commands }) => commands.length > 0)
  if (!explained)
    return [
      ...table(
        used.map(({ title, commands }) => [title, commands.map(({ name }) => `/${name}`).join(' ')]),
        width,
      ),
      '* Anything else you type is said where you are talking.',
      '* /help join explains /join, /help all explains all of them.',
    ]
  return [
    ...used.flatMap(({ title, commands }) => [
      `* ${title}`,
      ...commands.flatMap(({ usage, summary }) => helpRow(usage, summary, width)),
    ]),
    '* Anything else you type is said where you are talking.',
  ]
}

/** Usage lines longer than this stand alone, and the summary below. */
const usageWidth = 30

function helpRow(usage: string, summary: string, width: number): string[] {
  return usage.length > usageWidth
    ? [...wrap('-   ', usage, width), ...wrap(`-   ${' '.repeat(usageWidth)}  `, summary, width)]
    : wrap(`-   ${usage.padEnd(usageWidth)}  `, summary, width)
}
