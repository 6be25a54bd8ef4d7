import type { PersonRow, Reply } from '../../chat/model/replies.ts'
import { quoted } from '../../lib/quoted.ts'
import { counted, table } from './layout.ts'
import type { Screen } from './screen.ts'
import { tokenCells } from './tokens.ts'

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

export function profileLines(
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
    // Contacts are in one's own profile only.
    contacts ? '* That is your profile.' : `* That is the profile of ${profile.name}.`,
  ]
}

export function mydataLines(reply: Reply & { code: 'mydata' }, screen: Screen): string[] {
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

export function whoisLines(reply: Reply & { code: 'whois' }, screen: Screen): string[] {
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
