import { isIP } from 'node:net'
import * as z from 'zod'
import { isZone } from '../lib/zones.ts'

/*
 * Every setting, once: its type, range, default and description. The reference, the sample file,
 * the environment variables and the error messages are made from what stands here.
 *
 * `description` is one line and names the unit; `allowed` completes "must be ..." where the type
 * alone does not say it.
 */

/** A named group of settings. Nothing below its name (all of it commented out) is the same as not there. */
function section<Shape extends z.core.$ZodLooseShape>(description: string, shape: Shape) {
  return z
    .preprocess((value) => value ?? {}, z.strictObject(shape))
    .prefault({})
    .meta({ description })
}

function bytes(most: number) {
  return z.int().min(0).max(most)
}

function isHost(host: string): boolean {
  return isIP(host) !== 0 || /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(host)
}

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const listener = z.strictObject({
  host: z.string().refine(isHost).default('::').meta({
    description: 'The address to listen on; "::" is every address of the machine, IPv4 too.',
    allowed: 'an IP address or a host name',
  }),
  port: z.int().min(0).max(65535).default(6667).meta({
    description: 'The TCP port; 0 takes any free one.',
  }),
  telnet: z.boolean().default(false).meta({
    description: 'Take every client of this listener for a telnet client, and negotiate at once.',
  }),
  proxy: z.enum(['none', 'tcp', 'tls']).default('none').meta({
    description:
      'Whether only a proxy connects here, which begins each connection with a PROXY header (version 1 or 2) that tells the real address: one that passes on what it gets (tcp), or speaks TLS with people (tls).',
  }),
  tls: z
    .strictObject({
      cert: z.string().default('').meta({
        description:
          'A certificate with its chain, a PEM file: TLS is spoken with clients that begin with it, and plain text with others. Empty is no TLS.',
        allowed: 'the path of a file',
      }),
      key: z.string().default('').meta({
        description: 'Its private key, a PEM file.',
        allowed: 'the path of a file',
      }),
    })
    .prefault({})
    .meta({ description: 'TLS on the same port.' }),
})

const listeners = z.array(listener).min(1).prefault([{}]).meta({
  description: 'Where the server waits for connections.',
  allowed: 'a list of at least one listener, such as [{host: "::", port: 6667}]',
})

const accounts = section('Accounts and guests', {
  guests: z.boolean().default(true).meta({
    description: 'Let people chat under a nick, without an account.',
  }),
  signup: z.enum(['open', 'invite', 'closed']).default('open').meta({
    description:
      'Who may make an account: everybody (open), newcomers with a code from somebody who is here (invite), or only operators for others (closed).',
  }),
  bcryptCost: z.int().min(4).max(15).default(10).meta({
    description: 'Work factor of the password hash; one more doubles the time a login takes.',
  }),
  passwordMinLength: z.int().min(1).max(72).default(8).meta({
    description: 'The shortest password taken, in characters.',
  }),
  requireTls: z.boolean().default(false).meta({
    description:
      'Take and tell passwords and other secrets over TLS only; connections from this machine itself are fine.',
  }),
  reservedNames: z
    .string()
    .regex(/^ *([a-z][a-z0-9_.-]*( +|$))*$/i)
    .default('admin administrator operator moderator root server system everyone here all')
    .meta({
      description:
        'Names that nobody can take, as an account or a guest, unless an operator makes the account; those that are there stay.',
      allowed: 'names with blanks between them, such as "admin root", or ""',
    }),
  deletedMessages: z.enum(['keep', 'remove']).default('keep').meta({
    description: 'What becomes of a deleted account\'s messages: kept as from "deleted user", or removed.',
  }),
  nameRestDays: z.number().min(0).max(36_500).default(30).meta({
    description:
      'How long nobody may take the name of a deleted account that said something, in days; operators may give it before. 0 is not at all.',
  }),
})

const channels = section('Channels', {
  default: z
    .string()
    .regex(/^#(?!\d+$)[a-z0-9][a-z0-9_.-]{0,31}$/i)
    .default('#lobby')
    .meta({
      description: 'The channel that everybody is put into.',
      allowed:
        'a channel name in quotes, like "#lobby": # and a letter or digit, then at most 31 of letters, digits, _ . -, and not digits alone',
    }),
  create: z.enum(['members', 'operators']).default('members').meta({
    description: 'Who may make channels.',
  }),
  announceUpTo: z.int().min(0).default(200).meta({
    description: 'Joins, leaves and presence are not announced in channels of more members than this.',
  }),
})

const keepDays = z.number().min(0).max(36_500)

const history = section('History', {
  keepDays: keepDays.default(0).meta({
    description:
      'How long messages are kept, in days; 0 is for ever. A direct message that waits for its reader may get twice as old.',
  }),
  channels: z
    .record(
      z.string().regex(/^#?(?!\d+$)[a-z0-9][a-z0-9_.-]{0,31}$/i),
      z.strictObject({
        keepDays: keepDays.meta({
          description: 'How long messages of this channel are kept, in days; 0 is for ever.',
        }),
      }),
    )
    .default({})
    .meta({
      description:
        'Channels with a keepDays of their own, by name, such as {"#tea": {keepDays: 7}}; a # needs quotes, and may be left out.',
      allowed: 'channels by name, each with its settings: {"#tea": {keepDays: 7}}',
    }),
  editHours: z.number().min(0).max(876_000).default(24).meta({
    description:
      'How long people may edit or delete what they said, in hours; 0 is for ever. Those who lead a channel, and operators, may delete at any time.',
  }),
  replayLines: z.int().min(0).max(500).default(20).meta({
    description: 'How many lines are shown to somebody who joins a channel or comes back.',
  }),
})

const files = section('Files', {
  enabled: z.boolean().default(true).meta({
    description: 'Let members send files.',
  }),
  maxBytes: bytes(1_000_000_000_000_000).default(2_000_000_000).meta({
    description: 'The largest file, in bytes.',
  }),
  accountBytes: bytes(1_000_000_000_000_000).default(5_000_000_000).meta({
    description: 'What one account may have here at a time, in bytes.',
  }),
  totalBytes: bytes(1_000_000_000_000_000).default(20_000_000_000).meta({
    description: 'What all files here may have together, in bytes.',
  }),
  keepHours: z.number().min(0).max(1_000_000).default(168).meta({
    description: 'How long a file is kept, in hours; 0 is for ever.',
  }),
  freeSpaceBytes: bytes(1_000_000_000_000_000).default(500_000_000).meta({
    description: 'What uploads must leave free on the disk, in bytes.',
  }),
  ticketMinutes: z.number().min(0.01).max(100_000).default(10).meta({
    description: 'How long an upload may take to begin, or to go on after it broke off, in minutes.',
  }),
  uploadsPerAccount: z.int().min(0).max(10_000).default(5).meta({
    description: 'How many uploads one account may have begun or to begin; 0 is no limit.',
  }),
  stallSeconds: z.number().min(0.1).max(86_400).default(60).meta({
    description: 'How long a transfer may stand still before it is ended, in seconds.',
  }),
})

const httpListener = z.strictObject({
  host: z.string().refine(isHost).default('127.0.0.1').meta({
    description: 'The address to listen on: "127.0.0.1" is this machine only, "::" every address it has.',
    allowed: 'an IP address or a host name',
  }),
  port: z.int().min(0).max(65535).default(9667).meta({
    description: 'The TCP port; 0 takes any free one.',
  }),
})

const http = section('Watching over HTTP', {
  listen: z
    .preprocess(
      // One that stands alone is a list of one.
      (value) => (isPlainObject(value) ? [value] : value),
      z.array(httpListener),
    )
    .prefault([])
    .meta({
      description:
        'Where /healthz, /readyz and /metrics are answered, for supervisors and Prometheus (docs/metrics.md); nowhere if it is empty. Whoever reaches it may read it.',
      allowed: 'a list of listeners, such as [{port: 9667}], or []',
    }),
})

const server = section('How the server presents itself, and how it is found', {
  name: z
    .string()
    .min(1)
    .max(60)
    .regex(/^\P{C}+$/u)
    .default('Partyline')
    .meta({
      description: 'What this place calls itself, in its greeting.',
      allowed: '1 to 60 characters on one line',
    }),
  welcome: z
    .string()
    .max(2000)
    .refine((text) => !/[^\P{C}\n]/u.test(text) && text.trimEnd().split('\n').length <= 10)
    .default('')
    .meta({
      description:
        'What those read first who connect, in place of "Welcome to ...": up to 10 lines. How to come in is told below it.',
      allowed: 'up to 10 lines of text',
    }),
  publicHost: z
    .string()
    .refine((host) => host === '' || isHost(host))
    .default('')
    .meta({
      description:
        'The name or address in lines that people paste into a shell; empty is the address that they connected to.',
      allowed: 'an IP address, a host name or ""',
    }),
  publicPort: z.int().min(0).max(65535).default(0).meta({
    description: 'The port in those lines; 0 is the one that they connected to.',
  }),
})

const limits = section('Limits', {
  connections: z.int().min(1).default(1000).meta({
    description: 'How many connections there may be at a time.',
  }),
  connectionsPerAddress: z.int().min(0).default(64).meta({
    description:
      'How many of them one address may have whose people have not logged in; IPv6 counts by /64, loopback does not count, 0 is no limit.',
  }),
  membersPerAddress: z.int().min(0).default(250).meta({
    description:
      'How many connections one address may have besides whose people have logged in; 0 is no limit.',
  }),
  lineBytes: z.int().min(256).max(65536).default(4000).meta({
    description:
      'The longest line of text that is taken, in bytes. A terminal cuts what is typed at 4095 without a word: below that it is noticed.',
  }),
  messagesPerSecond: z.number().min(0).max(10000).default(5).meta({
    description:
      'How many messages a second one account may send for long, on all its connections together, or one guest; 0 is no limit.',
  }),
  burst: z.int().min(0).max(100000).default(20).meta({
    description:
      'How many messages they may send at once before that rate holds; 0 is no limit at all, for addresses neither.',
  }),
  addressMessagesPerSecond: z.number().min(0).max(10000).default(20).meta({
    description:
      'How many messages a second all guests and visitors of one address may send together for long; IPv6 counts by /64, loopback is one address, 0 is no limit.',
  }),
  addressBurst: z.int().min(0).max(100000).default(200).meta({
    description: 'How many they may send at once before that rate holds; 0 is no limit.',
  }),
  signupsPerHour: z.int().min(0).max(1_000_000).default(40).meta({
    description:
      'How many accounts may be made from one address in an hour, by whom that is not an operator; IPv6 counts by /64, loopback is one address, 0 is no limit.',
  }),
  sendQueueBytes: z.int().min(4096).max(1073741824).default(1048576).meta({
    description: 'How much may wait for a client that reads slowly before it is disconnected, in bytes.',
  }),
  loginSeconds: z.int().min(0).max(86400).default(120).meta({
    description:
      'How long somebody may stay without a login or a nick, in seconds from the last line, and at most five times that in all; 0 is for ever.',
  }),
})

const most = (count: number, description: string) =>
  z
    .int()
    .min(0)
    .max(1_000_000_000)
    .default(count)
    .meta({ description: `${description}; 0 is no limit.` })

const ceilings = section('Ceilings of lists', {
  channels: most(10_000, 'How many channels there may be'),
  channelsOwned: most(20, 'How many channels an account may be the admin of'),
  channelsJoined: most(50, 'How many channels somebody may be in'),
  tokens: most(100, 'How many login tokens an account may have'),
  invitationsMade: most(100, 'How many invitations of an account into channels may be open'),
  invitationsWaiting: most(50, 'How many invitations may wait for the answer of an account'),
  inviteCodes: most(20, 'How many invitation codes for sign-up an account may have open'),
  contacts: most(500, 'How many contacts an account may have'),
  blocks: most(500, 'How many people an account may block'),
  channelBans: most(500, 'How many people may be banned from a channel'),
  channelMutes: most(500, 'How many people may be muted in a channel'),
  addressBans: most(1_000, 'How many addresses and blocks of addresses may be banned'),
  files: most(500, 'How many files an account may have here, empty ones too'),
})

const store = section('Storage', {
  freeSpaceBytes: bytes(1_000_000_000_000_000).default(100_000_000).meta({
    description:
      'What must stay free on the disk, in bytes: with less nobody can say or make anything new, and operators are told; 0 is no limit.',
  }),
  synchronous: z.enum(['full', 'normal', 'off']).default('full').meta({
    description:
      'When SQLite waits for the disk: always (full), or less often and faster, losing the last messages in a power cut (normal), or never (off).',
  }),
})

const terminal = section('Terminal', {
  concealPasswords: z.boolean().default(true).meta({
    description: 'Hide typed passwords with an ANSI conceal sequence where telnet cannot.',
  }),
  timeZone: z
    .string()
    .refine((zone) => zone === '' || isZone(zone))
    .default('')
    .meta({
      description: "The time zone of the times shown; empty is the server's own.",
      allowed: 'a time zone such as "Europe/Berlin", or ""',
    }),
})

const log = section('Log', {
  level: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info').meta({
    description: 'The least important kind of event that is logged.',
  }),
  pretty: z.boolean().default(false).meta({
    description: 'Log readable lines instead of JSON.',
  }),
})

/** The whole configuration. It takes `{}`: every setting has a default. */
export const configSchema = z.strictObject({
  listeners,
  dataDirectory: z.string().min(1).default('data').meta({
    description: 'Where the database and the files are; relative to the working directory.',
    allowed: 'the path of a directory',
  }),
  greetingDelayMs: z.int().min(0).max(10000).default(200).meta({
    description: 'How long a connection may speak first before it is greeted, in milliseconds.',
  }),
  server,
  http,
  accounts,
  channels,
  history,
  files,
  limits,
  ceilings,
  store,
  terminal,
  log,
})

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T

/** What the server runs by: complete, and never changed. */
export type Config = DeepReadonly<z.output<typeof configSchema>>

/** The configuration of a server that was told nothing. */
export function defaultConfig(): Config {
  return configSchema.parse({})
}
