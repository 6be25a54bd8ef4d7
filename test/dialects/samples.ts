import type { ChatEvent } from '../../server/chat/events.ts'
import type { Reply, ReplyCode } from '../../server/chat/replies.ts'

const at = Date.parse('2026-11-20T18:00:00Z')
const said = { id: 7, at, kind: 'text', text: 'hello', from: 'anna', channel: '#tea' } as const
const direct = { id: 8, at, kind: 'text', text: 'hi', from: 'anna', to: 'bob' } as const
const notice = { id: 9, at, kind: 'notice', text: 'water is off', from: 'anna' } as const
const room = { channel: '#tea', topic: 'green', members: 2, messages: [said] } as const
const request = { request: 3, channel: '#tea', user: 'bob', by: 'anna', at, answer: 'pending' } as const
const count = { count: 2, more: false } as const
const profile = { name: 'anna', id: 1, email: 'anna@example.org', since: at, operator: true } as const
const long = { name: 'join', usage: '/join #NAME', summary: 'A sentence that is '.repeat(8).trim() } as const

const token = {
  name: 'ci',
  scope: 'read',
  channels: ['#tea', '#dev'],
  since: at,
  lastUsed: at,
  address: '192.0.2.7',
} as const

const tally = { count: 5, more: false, most: [{ of: 'something', count: 4 }] } as const

const file = {
  id: 3,
  name: 'report.pdf',
  size: 1_234_567,
  sha256: 'ab'.repeat(32),
  from: 'anna',
  channel: '#tea',
  get: 'TOKEN',
  at,
  expires: at + 3_600_000,
} as const
const upload = {
  id: 4,
  name: 'big.iso',
  to: 'bob',
  state: 'broken',
  received: 500,
  size: 1000,
  rate: undefined,
  left: undefined,
  token: 'TOKEN',
  expires: at,
} as const

/** Where the server of the samples is. */
export const place = { host: 'chat.example.org', port: 6667 } as const

/** One of every reply; a new one without a sample does not compile. */
export const replies: { readonly [C in ReplyCode]: Extract<Reply, { code: C }> } = {
  said: { code: 'said', id: 7, at, waits: 'bob', away: { name: 'bob', note: 'lunch' } },
  welcome: {
    code: 'welcome',
    profile,
    recoveryCode: 'AAAA-BBBB',
    lastSeen: at,
    rooms: [room, { ...room, unread: { count: 1000, more: true } }],
    waiting: { count: { count: 1, more: false }, messages: [direct] },
    news: {
      mentions: count,
      notices: [notice],
      requests: [request],
      answers: [{ ...request, answer: 'accepted' }],
      logins: [{ address: '192.0.2.7', at }],
    },
    trouble: {
      since: at,
      failedLogins: { names: tally, addresses: tally },
      bans: [{ cidr: '192.0.2.0/24', by: 'root', at }],
      errors: tally,
      warnings: { ...tally, more: true },
      disk: { free: 1_000_000, total: 100_000_000, database: 2_000 },
    },
    grant: { token: 'ci', since: at, scope: 'all', channels: ['#tea'] },
    target: '#tea',
  },
  'welcome-guest': { code: 'welcome-guest', name: '~anna', rooms: [room], target: '#tea' },
  renamed: { code: 'renamed', name: '~ann' },
  'logged-out': { code: 'logged-out', name: 'anna' },
  'password-changed': { code: 'password-changed' },
  recovered: { code: 'recovered', name: 'anna', recoveryCode: 'AAAA-BBBB' },
  email: { code: 'email', email: 'anna@example.org' },
  'account-deleted': { code: 'account-deleted', name: 'anna' },
  'token-made': {
    code: 'token-made',
    name: 'ci',
    account: 'anna',
    token: 'AAAABBBB',
    scope: 'write',
    channels: ['#tea'],
  },
  tokens: { code: 'tokens', tokens: [token] },
  'token-removed': { code: 'token-removed', name: 'ci' },
  profile: { code: 'profile', profile, status: 'away', note: 'lunch', contacts: ['bob'] },
  mydata: {
    code: 'mydata',
    profile,
    channels: [{ name: '#tea', since: at, role: 'admin' }],
    tokens: [token],
    addresses: [{ address: '192.0.2.7', since: at, last: at, told: true }],
    messages: { count: 3, more: false },
  },
  away: { code: 'away', note: 'lunch' },
  back: { code: 'back' },
  who: { code: 'who', members: [{ name: 'anna', id: 1, status: 'online' }] },
  whois: {
    code: 'whois',
    person: { name: 'anna', id: 1, status: 'offline' },
    operator: true,
    since: at,
    lastSeen: at,
    channels: ['#lobby', '#tea'],
  },
  channels: {
    code: 'channels',
    channels: [{ name: '#tea', private: true, members: 2, topic: 'a topic '.repeat(20), joined: true }],
  },
  created: { code: 'created', channel: '#tea', private: true, invited: ['bob', 'carol'] },
  invited: { code: 'invited', channel: '#tea', invited: ['bob'] },
  requests: {
    code: 'requests',
    reader: 'bob',
    requests: [request, { ...request, user: 'carol', by: 'bob' }],
  },
  rejected: { code: 'rejected', request: 3, channel: '#tea' },
  moderated: { code: 'moderated', action: 'muted', channel: '#tea', name: 'bob', until: at },
  bans: { code: 'bans', channel: '#tea', names: ['bob'] },
  'chat-list': { code: 'chat-list', names: ['bob', '~carol'] },
  'chat-waiting': { code: 'chat-waiting', with: 'bob' },
  paired: { code: 'paired', with: 'bob' },
  unpaired: { code: 'unpaired', with: 'bob', begun: true, target: '#lobby' },
  contact: { code: 'contact', name: 'bob', on: true },
  contacts: { code: 'contacts', contacts: [{ name: 'bob', status: 'away', note: 'lunch' }], watch: true },
  block: { code: 'block', name: 'bob', on: true },
  blocks: { code: 'blocks', names: ['bob'] },
  'invite-code': { code: 'invite-code', invite: 'AAAA-BBBB', until: at },
  registered: { code: 'registered', name: 'bob', id: 2, recoveryCode: 'AAAA-BBBB' },
  users: {
    code: 'users',
    users: [{ name: 'anna', id: 1, status: 'online', operator: true, since: at, lastSeen: at }],
  },
  'user-deleted': { code: 'user-deleted', name: 'bob' },
  'password-set': { code: 'password-set', name: 'bob' },
  killed: { code: 'killed', name: 'bob', connections: 1 },
  'address-banned': { code: 'address-banned', cidr: '192.0.2.0/24', until: at },
  'address-unbanned': { code: 'address-unbanned', cidr: '192.0.2.0/24' },
  'address-bans': {
    code: 'address-bans',
    bans: [{ cidr: '192.0.2.0/24', until: at }, { cidr: '2001:db8::/64' }],
  },
  menu: { code: 'menu', choices: [{ key: '1', label: 'Create a group' }] },
  'menu-left': { code: 'menu-left' },
  joined: { code: 'joined', room, made: true },
  left: { code: 'left', channel: '#tea', target: '#lobby' },
  members: {
    code: 'members',
    channel: '#tea',
    members: [
      { name: 'anna', id: 1, status: 'away', note: 'out '.repeat(30), role: 'admin' },
      { name: '~bob', status: 'online' },
    ],
    others: false,
  },
  topic: { code: 'topic', channel: '#tea', topic: 'green', changed: true },
  target: { code: 'target', target: '#tea', channels: ['#lobby', '#tea'] },
  messages: {
    code: 'messages',
    list: 'history',
    of: '#tea',
    reader: 'anna',
    messages: [said, { ...said, kind: 'action' }, { ...direct, kind: 'action' }, { ...said, kind: 'notice' }],
    more: true,
  },
  help: { code: 'help', explained: true, areas: [{ title: 'channels', commands: [long] }] },
  'help-command': { code: 'help-command', command: long, aliases: ['j'], text: long.summary, who: 'guest' },
  format: { code: 'format', format: 'text' },
  time: { code: 'time', clock: '24', zone: 'UTC', now: at },
  color: { code: 'color', on: true },
  hold: { code: 'hold', on: true },
  pong: { code: 'pong', text: 'hello' },
  'nothing-to-cancel': { code: 'nothing-to-cancel' },
  reloaded: { code: 'reloaded', changed: ['limits.burst'], kept: ['listeners'] },
  logins: { code: 'logins', logins: [{ of: 'bob', failures: 6, until: at + 2000 }], now: at },
  'login-cleared': { code: 'login-cleared', of: 'bob' },
  'file-ticket': {
    code: 'file-ticket',
    id: 3,
    name: 'report.pdf',
    to: '#tea',
    token: 'TOKEN',
    expires: at + 600_000,
    now: at,
  },
  'file-token': { code: 'file-token', file, token: 'TOKEN', expires: at + 600_000, now: at },
  'file-inline': { code: 'file-inline', file, base64: 'aGVsbG8='.repeat(30) },
  'file-stored': { code: 'file-stored', file },
  files: {
    code: 'files',
    files: [file],
    uploads: [
      upload,
      { ...upload, state: 'running', rate: 12_000_000, left: 4000 },
      { ...upload, state: 'waiting', received: 0, size: undefined },
    ],
  },
  'file-deleted': { code: 'file-deleted', id: 3, name: 'report.pdf' },
  goodbye: { code: 'goodbye' },
}

/** One of every event. */
export const events: { readonly [T in ChatEvent['type']]: Extract<ChatEvent, { type: T }> } = {
  message: { type: 'message', message: said },
  file: { type: 'file', file },
  upload: { type: 'upload', ...upload },
  joined: { type: 'joined', channel: '#tea', user: 'anna' },
  left: { type: 'left', channel: '#tea', user: 'anna', reason: 'bye' },
  presence: { type: 'presence', user: 'anna', status: 'away', note: 'lunch' },
  renamed: { type: 'renamed', user: '~anna', name: '~ann' },
  topic: { type: 'topic', channel: '#tea', topic: 'green', by: 'anna' },
  admin: { type: 'admin', channel: '#tea', user: 'bob', by: 'anna' },
  role: { type: 'role', channel: '#tea', user: 'bob', role: 'moderator', by: 'anna' },
  removed: { type: 'removed', channel: '#tea', user: 'bob', by: 'anna', reason: 'rude', banned: true },
  muted: { type: 'muted', channel: '#tea', user: 'bob', by: 'anna', until: at },
  unmuted: { type: 'unmuted', channel: '#tea', user: 'bob', by: 'anna' },
  invited: { type: 'invited', channel: '#tea', by: 'anna', request: 3 },
  login: { type: 'login', address: '192.0.2.7', at },
  answered: { type: 'answered', channel: '#tea', user: 'bob', answer: 'accepted' },
  withdrawn: { type: 'withdrawn', channel: '#tea', request: 3 },
  chosen: { type: 'chosen', by: 'anna' },
  unchosen: { type: 'unchosen', by: 'anna' },
  paired: { type: 'paired', with: 'anna' },
  unpaired: { type: 'unpaired', with: 'anna', reason: 'anna ended it', target: '#lobby' },
  closing: { type: 'closing', reason: 'the server is shutting down' },
}
