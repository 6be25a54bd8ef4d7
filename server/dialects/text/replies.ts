import type { Spared } from '../../chat/model/batch.ts'
import { pageRows } from '../../chat/model/paging.ts'
import type { Ended, Paged, Reply, RestraintRow } from '../../chat/model/replies.ts'
import { quoted } from '../../lib/quoted.ts'
import type { ZoneFormat } from '../../lib/zones.ts'
import { grantText } from '../grant-text.ts'
import { messageLine, rowsText, whereToText } from './events.ts'
import { filesLines, inlineLines, storedLine, ticketLines, tokenLines } from './files.ts'
import { commandLines, helpLines } from './help.ts'
import { plural, table } from './layout.ts'
import { messagesLines } from './messages.ts'
import { mydataLines, peopleLines, profileLines, statusText, whoisLines } from './people.ts'
import type { Screen } from './screen.ts'
import { statsRows, warningLines } from './stats.ts'
import { tokenCells } from './tokens.ts'
import { readText, unreadLines } from './unread.ts'
import { roomLines, welcomeLines, whereTo } from './welcome.ts'

/** What a person reads as the answer to a command; below a page of a list, how to see the next one. */
export function replyLines(reply: Reply, screen: Screen): string[] {
  const { paged } = reply as { paged?: Paged }
  return [...linesOf(reply, screen), ...pageLines(paged)]
}

function pageLines(paged: Paged | undefined): string[] {
  if (!paged || paged.total <= pageRows) return []
  const { page, total, next } = paged
  const which = `* Page ${page} of ${Math.ceil(total / pageRows)}`
  return [next === undefined ? `${which}, the last one.` : `${which}: ${next} shows the next one.`]
}

function linesOf(reply: Reply, screen: Screen): string[] {
  switch (reply.code) {
    case 'said':
      return [
        ...(reply.to === undefined ? [] : [`* That went to ${reply.to}.`]),
        ...(reply.lines === undefined ? [] : [`* Said, as one message of ${plural(reply.lines, 'line')}.`]),
        ...(reply.waits === undefined ? [] : [`* ${reply.waits} is offline; the message waits.`]),
        ...(reply.absent?.names ?? []).map(
          (name) =>
            `* ${name} is not in ${reply.absent?.channel}, and does not read that. /msg ${name} writes to them.`,
        ),
        ...(reply.away === undefined
          ? []
          : [`* ${reply.away.name} is away${reply.away.note ? `: ${quoted(reply.away.note)}` : ''}`]),
      ]
    case 'welcome':
      return welcomeLines(reply, screen)
    case 'welcome-guest':
      return [
        `* You are ${reply.name}, a guest. /signup makes an account of it.`,
        ...reply.rooms.flatMap((room) => roomLines(room, screen)),
        `${whereTo(reply.target)} /help lists the commands.`,
      ]
    case 'message-deleted':
      return [
        '* Deleted:',
        messageLine(reply.message, screen.times.dateTime(reply.message.at), false),
        '* It is gone from history and search; who was here has read it.',
      ]
    case 'message-edited':
      return [
        messageLine(reply.message, screen.times.time(reply.message.at), false),
        `* It said before: "${rowsText(reply.was)}"`,
        '* Everybody who is there reads it like that now.',
      ]
    case 'name-changed':
      return [
        `* ${reply.from} is called ${reply.name} now. For a while ${reply.from} finds it, too, and nobody else is called so.`,
      ]
    case 'privacy':
      return [
        reply.private
          ? `* ${reply.channel} is private: only its members see it, and /invite brings people in.`
          : `* ${reply.channel} is public: everybody can join, and read what was said there.`,
      ]
    case 'renamed':
      return [`* You are now ${reply.name}.`]
    case 'logged-out':
      return [`* ${reply.name} is logged out here. /login, /signup or /nick to go on, /quit to leave.`]
    case 'password-changed':
      return ['* Your password is changed.', ...changedLines(reply).map((line) => `* ${line}`)]
    case 'recovered':
      return [
        `* The password of ${reply.name} is changed. Log in with /login ${reply.name}.`,
        ...endedLines(reply).map((line) => `* ${line}`),
        `* Your new recovery code is ${reply.recoveryCode} - write it down, the old one is used up.`,
      ]
    case 'email':
      return [
        reply.email === undefined
          ? '* There is no e-mail address in your profile.'
          : `* Your e-mail address is ${reply.email}. Only you and the operators see it.`,
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
        `* ${plural(reply.paged?.total ?? reply.tokens.length, 'token')}. /token NAME makes one, /token NAME revoke ends one; see /help token.`,
      ]
    case 'token-removed':
      return [`* The token ${reply.name} does not log anybody in any more.`]
    case 'profile':
      return profileLines(reply, screen)
    case 'mydata':
      return mydataLines(reply, screen)
    case 'away':
      return [`* You are away${reply.note ? `: ${quoted(reply.note)}` : ''}. /back ends it.`]
    case 'back':
      return ['* You are back.']
    case 'who':
      return [
        ...peopleLines(reply.members, screen),
        `* ${plural(reply.paged?.total ?? reply.members.length, 'person', 'people')} online.`,
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
            topic === '' ? '' : quoted(topic),
          ]),
          screen.width,
        ),
        `* ${plural(reply.paged?.total ?? reply.channels.length, 'channel')}. /join #NAME enters one.`,
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
      return [
        reply.withdrawn === undefined
          ? `* You rejected the invitation into ${reply.channel}.`
          : `* ${reply.withdrawn} is not invited into ${reply.channel} any more.`,
      ]
    case 'moderated':
      return [`* ${moderatedText(reply, screen)}`]
    case 'mutes':
      return [
        ...table(
          reply.mutes.map((row) => restraintRow(row, 'until /unmute', screen)),
          screen.width,
        ),
        `* ${plural(reply.paged?.total ?? reply.mutes.length, 'mute', 'mutes')} in ${reply.channel}.`,
      ]
    case 'bans':
      return [
        ...table(
          reply.bans.map((row) => restraintRow(row, 'until /unban', screen)),
          screen.width,
        ),
        `* ${plural(reply.paged?.total ?? reply.bans.length, 'ban', 'bans')} in ${reply.channel}.`,
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
        `* ${reply.with} is asked. The talk begins when ${reply.with} chooses you too; /end stops waiting.${reply.target ? ` Until then, what you type goes to ${reply.target}.` : ''}`,
      ]
    case 'paired':
      return [`* You are allowed to chat now with ${reply.with}. /end or @end ends it.`]
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
        `* ${plural(reply.paged?.total ?? reply.contacts.length, 'contact')}. You are ${reply.watch ? '' : 'not '}told when they come and go (/contacts watch ${reply.watch ? 'off' : 'on'}).`,
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
        `* You have blocked ${plural(reply.paged?.total ?? reply.names.length, 'person', 'people')}.`,
      ]
    case 'invite-code':
      return [`* ${reply.invite} lets one newcomer sign up, until ${screen.times.dateTime(reply.until)}.`]
    case 'registered':
      return [
        `* Account ${reply.name} (#${reply.id}) created. Its owner has to change the password at the first login.`,
        `* Its recovery code is ${reply.recoveryCode} - give it to its owner too.`,
      ]
    case 'users':
      return [
        ...table(
          reply.users.map(({ name, id, status, operator, lastSeen, email }) => [
            name,
            `#${id}`,
            status,
            lastHere(lastSeen, screen.times),
            [operator ? 'operator' : '', email ?? ''].filter(Boolean).join(', '),
          ]),
          screen.width,
        ),
        `* ${plural(reply.paged?.total ?? reply.users.length, 'account')}.`,
      ]
    case 'user-deleted':
      return [`* The account ${reply.name} is deleted.`]
    case 'password-set':
      return [
        `* The password of ${reply.name} is set; it has to be changed at the next login.`,
        ...endedLines(reply).map((line) => `* ${line}`),
      ]
    case 'operator':
      return [
        `* ${reply.name} is ${reply.on ? 'an operator of this server' : 'a plain member'} ${reply.changed ? 'now' : 'already'}.`,
      ]
    case 'killed':
      return [`* ${reply.name} is disconnected (${plural(reply.connections, 'connection')}).`]
    case 'address-banned':
      return [
        `* Nobody connects from ${reply.cidr} any more${reply.until === undefined ? '' : `, until ${screen.times.moment(reply.until)}`}.`,
      ]
    case 'address-unbanned':
      return [`* ${reply.cidr} may connect again.`]
    case 'address-bans':
      return [
        ...table(
          reply.bans.map(({ cidr, until }) => [
            cidr,
            until === undefined ? 'without end' : `until ${screen.times.moment(until)}`,
          ]),
          screen.width,
        ),
        `* ${plural(reply.paged?.total ?? reply.bans.length, 'address is', 'addresses are')} banned.`,
      ]
    case 'menu':
      return reply.choices.map(({ key, label }) => `- ${key.padStart(2)}  ${label}`)
    case 'menu-left':
      return [
        `* Back in the chat. ${reply.target === undefined ? '' : `${whereToText(reply.target)} `}/menu shows the list again.`,
      ]
    case 'menu-again':
      return ['* Enter shows the menu again, c goes back to the chat.']
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
          ? `* ${plural(reply.paged?.total ?? reply.members.length, 'other')} of ${reply.channel} online.`
          : `* ${plural(reply.paged?.total ?? reply.members.length, 'member')} of ${reply.channel}, ${reply.there ?? reply.members.filter(({ status }) => status !== 'offline').length} online.`,
      ]
    case 'topic':
      if (reply.topic === '') return [`* ${reply.channel} has no topic.`]
      return [`* ${reply.changed ? 'The topic is set' : `Topic of ${reply.channel}`}: ${quoted(reply.topic)}`]
    case 'target':
      return [
        ...(reply.channels.length > 0
          ? [
              `* You are in ${reply.channels.join(', ')}${reply.moreChannels ? ` and ${reply.moreChannels} more` : ''}.`,
            ]
          : []),
        reply.target === undefined
          ? '* You are talking nowhere: /join #CHANNEL or /switch TARGET.'
          : whereTo(reply.target),
      ]
    case 'messages':
      return messagesLines(reply, screen)
    case 'unread':
      return unreadLines(reply, screen)
    case 'read':
      return [`* ${readText(reply)}`]
    case 'help':
      return helpLines(reply, screen)
    case 'help-command':
      return commandLines(reply, screen)
    case 'format':
      return ['* Text it is: lines for people.']
    case 'time':
      return [
        `* It is ${screen.times.time(reply.now)} on ${screen.times.date(reply.now)} (${reply.zone}), ${reply.clock}-hour clock. /time ${reply.clock === '24' ? '12' : '24'} or /time Europe/Berlin changes it.`,
      ]
    case 'color':
      return [`* Colours are ${reply.on ? 'on. /color off ends them' : 'off. /color on begins them'}.`]
    case 'hold':
      return [
        reply.on
          ? '* What arrives is kept until you press Enter. /hold off ends it.'
          : '* What arrives is shown at once. /hold on keeps it until you press Enter.',
      ]
    case 'quiet':
      return [quietText(reply)]
    case 'quiet-list':
      return [
        ...table(
          reply.channels.map(({ channel, quiet }) => [channel, quiet, sparedText[quiet]]),
          screen.width,
        ),
        reply.channels.length === 0
          ? '* No channel is quiet. /quiet #NAME joins spares you comings and goings, /quiet #NAME all its talk too.'
          : `* ${plural(reply.channels.length, 'channel is', 'channels are')} quiet. /quiet #NAME off ends it.`,
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
            until > reply.now ? `waits until ${screen.times.moment(until)}` : '',
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
      return [`* ${quoted(reply.name)} (${reply.id}) is deleted.`]
    case 'goodbye':
      // OpenBSD's nc notices only when it sends something.
      return ['* Goodbye. If your client does not end by itself, press Enter.']
    default:
      return reply satisfies never
  }
}

const sparedText: Readonly<Record<Spared, string>> = {
  joins: 'you do not read who comes and goes',
  all: 'you read only what names you',
}

function quietText({ channel, quiet }: Reply & { code: 'quiet' }): string {
  return quiet === undefined
    ? `* ${channel} is not quiet: you read all that happens there.`
    : `* ${channel} is quiet: ${sparedText[quiet]}. /quiet ${channel} off ends it.`
}

/** When somebody was here, in a list of accounts. */
export function lastHere(lastSeen: number | undefined, times: ZoneFormat): string {
  return lastSeen === undefined ? 'never here' : `last here ${times.dateTime(lastSeen)}`
}

/** What ended with a password that was set without the one before, for chat and command line. */
export function endedLines({ connections, tokens }: Ended): string[] {
  return [
    ...(connections > 0 ? [`Whoever was there is disconnected (${plural(connections, 'connection')}).`] : []),
    ...(tokens.length > 0 ? [`These tokens do not log in any more: ${tokens.join(', ')}.`] : []),
  ]
}

/** What ended when the owner changed the password, and what did not. */
function changedLines({ connections, tokens }: Ended): string[] {
  return [
    ...(connections > 0 ? [`Your other connections are ended (${connections}).`] : []),
    ...(tokens.length > 0
      ? [`Scripts still log in by ${tokens.join(', ')}: /token NAME revoke ends a token you do not know.`]
      : []),
  ]
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

function requestsLines(
  { into, mine: all, paged, reader, requests }: Reply & { code: 'requests' },
  screen: Screen,
): string[] {
  const mine = all ?? requests.filter(({ user }) => user === reader).length
  const open = paged?.total ?? requests.length
  return [
    ...table(
      requests.map(({ request, channel, user, by, at, answer }) => [
        String(request),
        channel,
        user === reader ? `from ${by}` : `to ${user}${by === reader ? '' : ` from ${by}`}`,
        screen.times.date(at),
        answer,
      ]),
      screen.width,
    ),
    into !== undefined
      ? `* ${plural(open, 'invitation')} into ${into} ${open === 1 ? 'is' : 'are'} open${open > 0 ? ': /reject N withdraws one' : ''}.`
      : mine > 0
        ? `* ${plural(mine, 'request waits', 'requests wait')} for your answer: /accept N or /reject N.`
        : '* No request waits for your answer.',
  ]
}

/** A line of the list of bans or mutes. */
function restraintRow({ name, until, why }: RestraintRow, without: string, { times }: Screen): string[] {
  const who = name === 'guests' ? 'guests (all of them)' : name
  return [
    who,
    until === undefined ? without : `until ${times.moment(until)}`,
    why === undefined ? '' : quoted(why),
  ]
}

/** Of a guest it is about others, too: what it does, in plain words. */
function bannedText(
  { channel, guests, name, now, until, why }: Reply & { code: 'moderated' },
  times: ZoneFormat,
) {
  const end = until === undefined ? '' : ` until ${times.until(until, now ?? 0)}`
  const reason = why === undefined ? '' : ` (${quoted(why)})`
  if (guests === 'all')
    return `${channel} is for members only${end}${reason}. /unban ${channel} guests lets guests in again.`
  if (guests === 'address')
    return `${name} is banned from ${channel}${end}${reason}. So are all guests from the same address, and for an hour accounts that are made there; who has one already can come in. /unban ${channel} ${name} ends it, and /ban ${channel} guests keeps all guests out.`
  return `${name} is banned from ${channel}${end}${reason}. /unban ${channel} ${name} ends it.`
}

function mutedText(
  { channel, guests, name, now, until, why }: Reply & { code: 'moderated' },
  times: ZoneFormat,
) {
  const end = until === undefined ? '' : ` until ${times.until(until, now ?? 0)}`
  const reason = why === undefined ? '' : ` (${quoted(why)})`
  if (guests === 'all')
    return `Guests cannot speak in ${channel}${end}${reason}. /unmute ${channel} guests ends it.`
  const others = guests === 'address' ? ', nor can other guests from the same address' : ''
  return `${name} cannot speak in ${channel}${end}${reason}${others}. /unmute ${channel} ${name} ends it.`
}

function moderatedText(reply: Reply & { code: 'moderated' }, { times }: Screen): string {
  const { action, channel, former, name } = reply
  switch (action) {
    case 'removed':
      return `${name} is removed from ${channel}.`
    case 'banned':
      return bannedText(reply, times)
    case 'unbanned':
      return name === 'guests'
        ? `Guests may come into ${channel} again.`
        : `${name} may come into ${channel} again.`
    case 'muted':
      return mutedText(reply, times)
    case 'unmuted':
      return `${name === 'guests' ? 'Guests' : name} may speak in ${channel} again.`
    case 'promoted':
      return `${name} is now a moderator of ${channel}.`
    case 'demoted':
      return `${name} is now a plain member of ${channel}.`
    case 'transferred':
      if (former === null) return `${name} is now the admin of ${channel}, which had none.`
      return `${name} is now the admin of ${channel}; ${former === undefined ? 'you are' : `${former} is`} a plain member now.`
    default:
      return action satisfies never
  }
}
