import type { PersonRow } from '../../chat/model/replies/people.ts'
import type { Reply } from '../../chat/model/replies.ts'
import { quoted } from '../../lib/quoted.ts'
import { counted, plural, table } from './layout.ts'
import type { ReplyLines } from './reply-lines.ts'
import type { Screen } from './screen.ts'
import { tokenCells } from './tokens.ts'

/** People: who is online, profiles, contacts and blocks. */
export const peopleReplies = {
  profile: profileLines,
  mydata: mydataLines,
  away: (reply) => [`* You are away${reply.note ? `: ${quoted(reply.note)}` : ''}. /back ends it.`],
  back: () => ['* You are back.'],
  who: (reply, screen) => [
    ...peopleLines(reply.members, screen),
    `* ${plural(reply.paged?.total ?? reply.members.length, 'person', 'people')} online.`,
  ],
  whois: whoisLines,
  contact: (reply) => [`* ${reply.name} is ${reply.on ? 'now' : 'no longer'} among your contacts.`],
  contacts: (reply, screen) => [
    ...table(
      reply.contacts.map((contact) => [contact.name, statusText(contact)]),
      screen.width,
    ),
    `* ${plural(reply.paged?.total ?? reply.contacts.length, 'contact')}. You are ${reply.watch ? '' : 'not '}told when they come and go (/contacts watch ${reply.watch ? 'off' : 'on'}).`,
  ],
  block: (reply) => [
    reply.on
      ? `* You hear nothing from ${reply.name} any more. They are not told.`
      : `* You hear from ${reply.name} again.`,
  ],
  blocks: (reply) => [
    ...reply.names.map((name) => `- ${name}`),
    `* You have blocked ${plural(reply.paged?.total ?? reply.names.length, 'person', 'people')}.`,
  ],
} satisfies Partial<ReplyLines>

export function peopleLines(people: readonly PersonRow[], screen: Screen): string[] {
  return table(
    people.map(({ name, id, status, role, operator, note }) => [
      name,
      id === undefined ? 'guest' : `#${id}`,
      status,
      [role ?? '', operator ? 'operator of this server' : '', note ? quoted(note) : '']
        .filter(Boolean)
        .join(', '),
    ]),
    screen.width,
  )
}

function profileLines(
  { profile, status, note, contacts }: Reply & { code: 'profile' },
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
        ...(!contacts?.length ? [] : [['Contacts', contacts.join(' ')]]),
        ...(profile.operator ? [['Role', 'operator of this server']] : []),
      ],
      screen.width,
    ),
    // Only the person's own profile has contacts.
    contacts ? '* That is your profile.' : `* That is the profile of ${profile.name}.`,
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
        ...tokens.map((row) => [
          row.scope === 'browser' ? 'Browser' : 'Token',
          tokenCells(row, screen).join(', '),
        ]),
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
    '* That is stored about you, besides hashes of your password and recovery code.',
    '* /mydata file makes a file of all of it, with your messages, to download.',
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

export function statusText({ status, note }: Pick<PersonRow, 'status' | 'note'>): string {
  return note ? `${status}: ${quoted(note)}` : status
}
