import type { Spared } from '../../chat/model/batch.ts'
import type { Reply } from '../../chat/model/replies.ts'
import { quoted } from '../../lib/quoted.ts'
import { whereToText } from './events.ts'
import { plural, table } from './layout.ts'
import { peopleLines } from './people.ts'
import type { ReplyLines } from './reply-lines.ts'
import type { Screen } from './screen.ts'
import { roomLines, whereTo } from './welcome.ts'

/** Channels: entering and leaving, members, invitations. */
export const channelReplies = {
  channels: (reply, screen) => [
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
  ],
  created: (reply) => [
    ...(reply.invited.length > 0
      ? [`* ${reply.invited.join(', ')} ${reply.invited.length === 1 ? 'is' : 'are'} invited.`]
      : []),
    `* ${reply.channel} is made${reply.private ? ', private' : ''}. You are its admin. ${whereToText(reply.channel)}`,
  ],
  joined: (reply, screen) => [
    ...(reply.made ? [`* ${reply.room.channel} is new: you made it and are its admin.`] : []),
    ...roomLines(reply.room, screen),
    whereTo(reply.room.channel),
  ],
  left: (reply) => [
    reply.target === undefined
      ? `* You left ${reply.channel}. You are talking nowhere now: /join #CHANNEL or /switch TARGET.`
      : `* You left ${reply.channel}. ${whereToText(reply.target)}`,
  ],
  members: (reply, screen) => [
    ...peopleLines(reply.members, screen),
    reply.others
      ? `* ${plural(reply.paged?.total ?? reply.members.length, 'other')} of ${reply.channel} online.`
      : `* ${plural(reply.paged?.total ?? reply.members.length, 'member')} of ${reply.channel}, ${reply.there ?? reply.members.filter(({ status }) => status !== 'offline').length} online.`,
  ],
  topic(reply) {
    if (reply.topic === '') return [`* ${reply.channel} has no topic.`]
    return [`* ${reply.changed ? 'The topic is set' : `Topic of ${reply.channel}`}: ${quoted(reply.topic)}`]
  },
  privacy: (reply) => [
    reply.private
      ? `* ${reply.channel} is private: only its members see it, and /invite brings people in.`
      : `* ${reply.channel} is public: everybody can join, and read what was said there.`,
  ],
  target: (reply) => [
    ...(reply.channels.length > 0
      ? [
          `* You are in ${reply.channels.join(', ')}${reply.moreChannels ? ` and ${reply.moreChannels} more` : ''}.`,
        ]
      : []),
    reply.target === undefined
      ? '* You are talking nowhere: /join #CHANNEL or /switch TARGET.'
      : whereTo(reply.target),
  ],
  invited: (reply) => [
    `* ${reply.invited.join(', ')} ${reply.invited.length === 1 ? 'is' : 'are'} invited into ${reply.channel}.`,
  ],
  requests: requestsLines,
  rejected: (reply) => [
    reply.withdrawn === undefined
      ? `* You rejected the invitation into ${reply.channel}.`
      : `* ${reply.withdrawn} is not invited into ${reply.channel} any more.`,
  ],
  quiet: (reply) => [quietText(reply)],
  'quiet-list': (reply, screen) => [
    ...table(
      reply.channels.map(({ channel, quiet }) => [channel, quiet, sparedText[quiet]]),
      screen.width,
    ),
    reply.channels.length === 0
      ? '* No channel is quiet. /quiet #NAME joins hides who comes and goes, /quiet #NAME all hides its messages, too.'
      : `* ${plural(reply.channels.length, 'channel is', 'channels are')} quiet. /quiet #NAME off ends it.`,
  ],
} satisfies Partial<ReplyLines>

const sparedText: Readonly<Record<Spared, string>> = {
  joins: 'you do not read who comes and goes',
  all: 'you read only what names you',
}

function quietText({ channel, quiet }: Reply & { code: 'quiet' }): string {
  return quiet === undefined
    ? `* ${channel} is not quiet: you read all that happens there.`
    : `* ${channel} is quiet: ${sparedText[quiet]}. /quiet ${channel} off ends it.`
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
