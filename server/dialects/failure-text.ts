import type { NotAllowed, Problem, Told } from '../chat/model/failures.ts'
import type { WaysIn } from '../chat/model/ways-in.ts'
import { longestTyped } from '../lib/line.ts'
import { quoted } from '../lib/quoted.ts'
import { sizeText } from '../lib/sizes.ts'
import { isoTime } from '../lib/times.ts'
import type { ZoneFormat } from '../lib/zones.ts'
import { grantText } from './grant-text.ts'

const allWays: WaysIn = { guests: true, signup: 'open' }

/** How to get an account. */
function accountText({ signup }: WaysIn): string {
  switch (signup) {
    case 'open':
      return 'Make an account with /signup, or /login.'
    case 'invite':
      return '/login, or make an account with an invitation code: /signup.'
    case 'closed':
      return '/login, or ask an operator for an account.'
    default:
      return signup satisfies never
  }
}

function whoText({ guests, signup }: WaysIn): string {
  const ways = [
    ...(guests ? ['/nick NAME for a guest'] : []),
    ...(signup === 'closed' ? [] : ['/signup for an account']),
  ]
  return `Who are you? ${ways.length === 0 ? '/login. Accounts are made by the operators here.' : `${ways.join(', ')}, or /login.`}`
}

const notAllowed: Readonly<Record<NotAllowed, string>> = {
  'guests-cannot': 'Guests cannot do that.',
  'no-guests': 'There are no guests here.',
  'operators-only': 'Only an operator can do that.',
  'only-operators-create': 'Only operators can create channels here.',
  'names-are-kept': 'An account keeps its name. /logout first to be a guest.',
  'offline-for-guests': 'They are offline; guests can write only to people who are online.',
  'default-channel':
    'That is the default channel: it is always public, and channels.default in the configuration sets its name.',
  'default-topic': 'Only an operator can set the topic of a default channel.',
  'default-unled': 'The default channel has no admin: operators lead it.',
  'moderators-only': 'Only those who lead the channel can do that: its admin and moderators.',
  'between-you': 'Only the person who said it can delete it: it is between the two of you.',
  'admins-only': 'Only the admin of the channel can do that.',
  outranked: 'Their rank in the channel is the same as yours, or higher.',
  'set-from-above':
    'Somebody with a higher rank in the channel than yours has set that: only somebody of that rank can change or end it.',
  'not-oneself': 'You cannot do that to yourself.',
  'not-guests': 'Guests come and go: that works only with people who have an account.',
  'not-operators': 'Operators cannot be blocked: their notices are for everybody.',
  'invites-are-off': 'Sign-up needs no invitation codes here.',
  'files-are-off': 'Files cannot be sent here.',
  'not-your-message': 'Only the person who said it can do that; those who lead the channel can delete it.',
  'a-file-stays': 'That message announces a file, so its text stays. /delete deletes both.',
  'not-your-file': 'Only the person who sent a file, the admin of the channel and operators can delete it.',
}

/** The text for somebody to whom an event could not be shown because of a defect. */
export const troubleText = 'Something that was for you could not be shown. The operator finds it in the log.'

/**
 * Says in one or two sentences what went wrong and what to do; the same in every dialect. Without `times`, times in the
 * text are ISO 8601.
 */
export function failureText(problem: Problem, times?: ZoneFormat): string {
  switch (problem.code) {
    case 'unknown-command':
      return problem.nearest === undefined
        ? `There is no command /${problem.command}. /help lists them; what begins with // is said.`
        : `There is no command /${problem.command}. Did you mean /${problem.nearest}?`
    case 'bad-arguments':
      return problem.usage === undefined ? problem.detail : `${problem.detail} Usage: ${problem.usage}`
    case 'bad-encoding':
      return `${lineText(problem.row)} is not valid UTF-8, so nothing was done with it.${problem.telnet ? ' If you use telnet: it takes some letters for keys, but not with a minus before the port: telnet -- HOST -PORT' : ''}`
    case 'line-too-long':
      return `${tooLongText(problem)}, so nothing was done with it. /paste takes a long text in several lines, and /filesend a file.`
    case 'text-too-long':
      return problem.what === 'rows'
        ? `A text has at most ${problem.limit} lines, so nothing was said. /filesend sends longer ones as a file.`
        : `A text has at most ${sizeText(problem.limit)}, so nothing was said. /filesend sends longer ones as a file.`
    case 'not-logged-in':
      return whoText(problem.ways ?? allWays)
    case 'not-allowed':
      if (problem.channel !== undefined) return leadersText(problem.why, problem.channel, problem.unled)
      return problem.why === 'guests-cannot' || problem.why === 'no-guests'
        ? `${notAllowed[problem.why]} ${accountText(problem.ways ?? allWays)}`
        : notAllowed[problem.why]
    case 'already-logged-in':
      return `You are logged in as ${problem.name}. /logout first.`
    case 'bad-login':
      if (problem.wrong === 'code') return 'Wrong name or recovery code. An operator can set a new password.'
      return problem.wrong === 'own'
        ? 'That is not your password.'
        : 'Wrong name or password. Forgotten it? /recover NAME CODE'
    case 'name-taken':
      if (problem.request !== undefined) return invitedText(problem.name, problem.request)
      if (problem.reserved)
        return `${problem.name} is reserved: only an operator can give it to somebody. Choose another name.`
      if (problem.rests !== undefined)
        return `${problem.name} was somebody's name, and nobody gets it before ${times ? times.date(problem.rests) : isoTime(problem.rests)} except from an operator. Choose another name.`
      if (problem.lately)
        return `${problem.name} was somebody's name until a moment ago, and nobody else gets it for some minutes. Choose another name.`
      return problem.open
        ? `${problem.name} exists already. /join ${problem.name} enters it.`
        : `${problem.name} is taken. Choose another name.`
    case 'bad-name':
      return badName(problem.what, problem.name)
    case 'weak-password':
      return `A password has at least ${problem.minimum} characters.`
    case 'password-spaces':
      return 'A password neither begins nor ends with a space: nobody would see it. Spaces inside are fine.'
    case 'password-too-long':
      return `A password has at most ${problem.limit} bytes.`
    case 'passwords-differ':
      return 'Those two passwords are not the same.'
    case 'password-unchanged':
      return 'That is the password you have now. Choose another one.'
    case 'try-later':
      if (problem.what === 'mydata')
        return `The file with your data was made within the last hour. Try again in ${Math.ceil((problem.seconds ?? 0) / 60)} minutes.`
      if (problem.what === 'once')
        return 'Another connection of yours is saying something with that key at this moment. Say it again in a moment.'
      if (problem.what === 'signup') return signupText(problem.seconds ?? 0)
      return problem.seconds === undefined
        ? 'Too many are logging in just now. Try again in a minute.'
        : `Too many wrong passwords. Try again in ${problem.seconds} ${problem.seconds === 1 ? 'second' : 'seconds'}; until then no password is checked.`
    case 'bad-config':
      return `Nothing was changed: ${problem.problems.join(' ')}`
    case 'tls-required':
      return 'This server accepts passwords and other secrets over TLS only: ncat --ssl HOST PORT, or openssl s_client -quiet -connect HOST:PORT.'
    case 'no-such-user':
      return problem.channel === undefined
        ? `There is nobody called ${problem.name.replace(/^@/, '')}. /who lists who is online.`
        : `There is nobody called ${problem.name}. Did you mean ${problem.channel}?`
    case 'no-such-channel':
      if (problem.request !== undefined) return invitedText(problem.channel, problem.request)
      return problem.mayCreate
        ? `There is no channel ${problem.channel}. Make it with /create ${problem.channel}.`
        : `There is no channel ${problem.channel}. /channels lists them.`
    case 'no-such-token':
      return `You have no token called ${problem.name}. /token lists them.`
    case 'token-limited':
      return tokenText(problem)
    case 'not-a-member':
      if (problem.ban) return bannedText(problem.channel, problem.ban, problem.ways, times)
      return problem.name === undefined
        ? `You are not in ${problem.channel}. /join ${problem.channel} first.`
        : `${problem.name} is not in ${problem.channel}.`
    case 'already-a-member':
      return `${problem.name} is in ${problem.channel} already.`
    case 'invite-only':
      return `${problem.channel} is private: somebody in it has to invite you.`
    case 'banned':
      return problem.name === undefined
        ? bannedText(problem.channel, problem.ban, problem.ways, times)
        : `${problem.name} is banned from ${problem.channel}. /unban ${problem.channel} ${problem.name} first.`
    case 'muted':
      return mutedText(problem, times)
    case 'ends-channel':
      return `Nobody else is in ${problem.channel}: all that was said there, and its files, would be gone for good. Say the same again within a minute to do it all the same.`
    case 'blocked':
      return `You have blocked ${problem.name}. /unblock ${problem.name} first.`
    case 'no-such-request':
      return `You have no request ${problem.request} to answer. /requests lists them.`
    case 'no-such-ban':
      return `There is no such ban or mute of ${problem.name}.`
    case 'no-such-contact':
      return `${problem.name} is not among your contacts. /contacts lists them.`
    case 'offline':
      return `${problem.name} is offline. /msg ${problem.name} leaves a message.`
    case 'last-operator':
      return `${problem.name} is the only operator. Make somebody else one first: /setoperator NAME on.`
    case 'nobody-wrote':
      return 'Nobody has written to you alone since you came. /msg NAME TEXT writes to somebody.'
    case 'no-such-message':
      return problem.id === undefined
        ? 'You have said nothing here lately. /history TARGET numbers shows the numbers of messages.'
        : `There is no message ${problem.id} for you. /history TARGET numbers shows their numbers.`
    case 'too-late':
      return `That was said more than ${problem.hours} ${problem.hours === 1 ? 'hour' : 'hours'} ago: now only those who lead the channel, or an operator, can delete it.`
    case 'no-talk':
      return 'You are in no private talk. /chat NAME begins one.'
    case 'bad-invite':
      return 'That invitation code cannot be used. Ask somebody who is here for a new one.'
    case 'no-target':
      if (problem.resume)
        return `You were in a private talk with ${problem.ended}, so that was said to nobody. ${resumeText(problem.ended, problem.back)}`
      if (problem.ended !== undefined)
        return `${problem.ended.startsWith('#') ? `You are not in ${problem.ended} any more` : `The talk with ${problem.ended} has ended`}, so that was said to nobody. ${problem.back === undefined ? '/switch TARGET chooses where your words go' : `/switch ${problem.back} to go on there`}.`
      return problem.with === undefined
        ? 'You are not talking anywhere. /join #CHANNEL or /switch NAME first.'
        : `You are talking with ${problem.with}, in no channel. Name the channel, or /switch #CHANNEL first.`
    case 'signup-closed':
      return 'Accounts are made by the operators here. Ask one of them.'
    case 'cancelled':
      return cancelledText(problem)
    case 'half-done':
      return problem.detail
    case 'no-such-file':
      return `There is no file ${problem.file} for you; it may be deleted, or past its time. /files lists what there is.`
    case 'file-gone':
      return `The bytes of file ${problem.file} (${quoted(problem.name)}) are missing or damaged on the server's disk. Ask the sender to send it again, and tell an operator.`
    case 'bad-file-name':
      return 'That cannot be the name of a file here: 1 to 128 bytes, with no /, no control or invisible characters and no long gaps. Give the name alone, and run the line in its folder.'
    case 'file-too-large':
      return `A file has at most ${sizeText(problem.limit)} here.`
    case 'quota-exceeded':
      return quotaText(problem)
    case 'disk-full':
      if (problem.what === 'messages')
        return "The server's disk is nearly full: nothing new is stored now. You can read, leave and delete; the operators know of it."
      return "There is no room on the server's disk. What has arrived is kept: tell an operator, and go on later."
    case 'bad-ticket':
      return 'That token is wrong, used or past its time. /filesend makes one to send, /files and /fileget one to get.'
    case 'ticket-in-use':
      return 'An upload with that token is running already.'
    case 'wrong-size':
      return `This upload began with a size of ${problem.size} bytes. Go on with the same file, or make a new ticket with /filesend.`
    case 'wrong-offset':
      return `${problem.offset} bytes of that file are here: go on at offset ${problem.offset}.`
    case 'upload-broken':
      return problem.size === undefined
        ? 'The upload broke off. Begin anew with the same line.'
        : `The upload broke off at ${problem.received} of ${problem.size} bytes. Go on at offset ${problem.received}.`
    case 'server-full':
      return problem.why === 'server'
        ? 'The server is full just now. Please come back later.'
        : `There is no room for more connections from your network just now: at most ${problem.limit} people there may be without a login. When one of them logs in or leaves, there is room again. The people who run this server can allow more.`
    case 'took-too-long':
      return `That took longer than ${problem.seconds} seconds, so the search ended. Search for fewer or rarer words.`
    case 'unavailable':
      return 'The server cannot store anything just now, so that was not done. Try again in a minute.'
    case 'not-said':
      return notSaidText(problem)
    case 'internal':
      return 'Something is wrong here, and that was not done. The operator finds it in the log.'
    default:
      return problem satisfies never
  }
}

/** The text names the channel, because the person need not have named it. */
function leadersText(why: NotAllowed, channel: string, unled = false): string {
  if (unled)
    return `Only operators can do that in ${channel}, which has no admin. If you meant another channel, name it.`
  return why === 'admins-only'
    ? `Only the admin of ${channel} can do that.`
    : `Only those who lead ${channel} can do that: its admin and moderators.`
}

/** What a person can type after their private talk broke off. */
export function resumeText(other = '', back = 'TARGET'): string {
  return `/chat ${other} to go on with it, /switch ${back} to talk there.`
}

/** Why a line was not said (it may be meant for other readers), and where words go now. */
function notSaidText({ meant, name, own, target, why }: Extract<Problem, { code: 'not-said' }>): string {
  if (own) return `That was the password you gave, so it was said to nobody. What you type goes to ${target}.`
  if (meant !== undefined)
    return `There may be a password in it, so it was said to nobody. The command begins with a slash: /${meant}. To say it all the same: /msg ${target ?? 'TARGET'} ${meant} ...`
  const later =
    target === undefined
      ? 'Choose where your words go: /switch TARGET. /msg TARGET TEXT needs no such choice.'
      : `In two seconds, what you type goes to ${target}.`
  switch (why) {
    case 'begun':
      return `The private talk with ${name} had just begun, so that was said to nobody: it may be for others. What you type now goes to ${name}.`
    case 'missed':
      return `${name} did not work, so that went nowhere. ${later}`
    case 'waiting':
      return `${name} has not chosen you yet, so that went nowhere. ${later}`
    case undefined:
      return `That may have been meant as an answer, so it was said to nobody. ${later}`
    default:
      return why satisfies never
  }
}

function bannedText(
  channel: string,
  ban: Told | undefined,
  ways: WaysIn | undefined,
  times: ZoneFormat | undefined,
): string {
  const why = whyText(ban, times)
  if (ban?.guests) return `${channel} is closed to guests${why}. ${accountText(ways ?? allWays)}`
  return `You are banned from ${channel}${why}. Only those who lead it can let you in ${ban?.until === undefined ? 'again' : 'before'}.`
}

function mutedText(
  { channel, mute, nick, reason, ways }: Extract<Problem, { code: 'muted' }>,
  times: ZoneFormat | undefined,
): string {
  const why = whyText(mute, times)
  if (mute?.guests)
    return `Guests may read ${channel}, but not speak there${why}. ${accountText(ways ?? allWays)}`
  if (reason)
    return `You may not speak in ${channel}${why}, and people there would read your reason. Do it without a reason.`
  if (nick)
    return `You cannot change your nick while you may not speak in ${channel}${why}. Ask its admin, or /leave ${channel}.`
  return `You may read ${channel}, but not speak there${why}.${mute?.until === undefined ? ' Ask its admin.' : ''}`
}

/** The end and the reason of a ban or mute, if there are any. */
function whyText(told: Told | undefined, times: ZoneFormat | undefined): string {
  if (!told) return ''
  const { now, until, why } = told
  const end = until === undefined ? '' : ` until ${times ? times.until(until, now) : isoTime(until)}`
  return `${end}${why === undefined ? '' : ` (${quoted(why)})`}`
}

function invitedText(channel: string, request: number): string {
  return `You are invited into ${channel}: /accept ${request} to enter it, /reject ${request} to say no.`
}

/** A terminal cuts a long line silently, so the person who pasted the line has to read that it was cut. */
function tooLongText({ cut, limit, row }: Extract<Problem, { code: 'line-too-long' }>): string {
  if (cut) return `${lineText(row)} came cut off: a terminal passes on ${longestTyped} bytes of a line`
  return `${lineText(row)} is longer than ${limit} bytes`
}

function lineText(row: number | undefined): string {
  return row === undefined ? 'That line' : `Line ${row} of it`
}

/** After a question that ended because of mistakes, the person has to know where the next words go. */
function cancelledText({
  again,
  dropped,
  mistakes,
  target,
}: Extract<Problem, { code: 'cancelled' }>): string {
  const cancelled = `Cancelled. Nothing was ${again === 'paste' ? 'said' : 'changed'}.`
  if (mistakes === undefined && !dropped) return cancelled
  return [
    mistakes === undefined
      ? cancelled
      : `${mistakes === 3 ? 'Three' : mistakes} tries did not work, so nothing was changed.`,
    ...(dropped
      ? [`${dropped === 1 ? 'One line' : `${dropped} lines`} that had come already went nowhere.`]
      : []),
    ...(again === undefined || mistakes === undefined ? [] : [`/${again} begins again.`]),
    ...(target === undefined ? [] : [`What you type now goes to ${target}.`]),
  ].join(' ')
}

function badName(what: 'person' | 'channel' | 'token', name: string): string {
  switch (what) {
    case 'person':
      if (name === '') return 'Please type a name.'
      return `"${name}" cannot be a name. Names have 2 to 24 letters, digits, _ - or ., start with a letter and end with a letter or digit.`
    case 'channel':
      return name.startsWith('#')
        ? `"${name}" cannot be a channel. After # come a letter or digit and up to 31 letters, digits, _ - or ., the last a letter or digit (#7 is the account of that number).`
        : `A channel's name starts with #, for example #${name}.`
    case 'token':
      return `"${name}" cannot be a token's name. Use up to 32 letters, digits, _ - or .`
    default:
      return what satisfies never
  }
}

function tokenText({ grant, why }: Extract<Problem, { code: 'token-limited' }>): string {
  switch (why) {
    case 'password':
      return `No token allows that: log in with the password. You are logged in by the token ${grant.token}.`
    case 'operator':
      return `A token of an operator can only read and write. You are logged in by the token ${grant.token}.`
    case 'scope':
      return `The token ${grant.token} does not allow that: it can ${grantText(grant)}.`
    default:
      return why satisfies never
  }
}

function quotaText({ what, limit, name }: Extract<Problem, { code: 'quota-exceeded' }>): string {
  switch (what) {
    case 'channels':
      return `This server has ${limit} channels already, and can have no more. /channels lists them, /join enters one.`
    case 'channelsOwned':
      return name === undefined
        ? `You are the admin of ${limit} channels, and can have no more. /leave or /transfer one first.`
        : `${name} is the admin of ${limit} channels already, and can have no more.`
    case 'channelsJoined':
      return `You are in ${limit} channels, and can be in no more. /switch lists them, /leave #NAME leaves one.`
    case 'invitationsMade':
      return `At most ${limit} of your invitations can be open. /requests lists them, /reject N withdraws one.`
    case 'invitationsWaiting':
      return `${name} has ${limit} invitations to answer already. Ask ${name} to answer some first.`
    case 'inviteCodes':
      return `At most ${limit} of your invitation codes can be open. Each ends after a week, or when it is used.`
    case 'contacts':
      return `You can have at most ${limit} contacts. /contact remove NAME makes room.`
    case 'blocks':
      return `You can block at most ${limit} people. /blocks lists them, /unblock NAME makes room.`
    case 'channelBans':
      return `At most ${limit} people can be banned from a channel. /ban #NAME lists them, /unban makes room.`
    case 'channelMutes':
      return `At most ${limit} people can be muted in a channel. /mute #NAME lists them, /unmute makes room.`
    case 'addressBans':
      return `At most ${limit} addresses can be banned. /banaddress lists them; a block like 192.0.2.0/24 is one.`
    case 'files':
      return `You can have at most ${limit} files here. /files lists them, /filedelete N makes room.`
    case 'account':
      return `All your files together have at most ${sizeText(limit)} here. /files lists them, /filedelete N makes room.`
    case 'server':
      return `All files here together have at most ${sizeText(limit)}. Try again when some are past their time.`
    case 'uploads':
      return `You can have at most ${limit} uploads at a time, announced or running. /files lists them, /filedelete N ends one.`
    case 'tokens':
      return `An account has at most ${limit} tokens. /token lists yours, /token NAME revoke ends one.`
    default:
      return what satisfies never
  }
}

function signupText(seconds: number): string {
  const minutes = Math.ceil(seconds / 60)
  return `Many accounts were made from your address lately. Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}, or talk as a guest: /nick NAME`
}
