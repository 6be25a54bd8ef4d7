import { isIP } from 'node:net'
import * as z from 'zod'
import { parseAddressBlock } from '../lib/address-block.ts'
import { isZone } from '../lib/zones.ts'

/*
 * Every setting, once: its type, range, default and description. The reference, the sample file, the environment
 * variables and the error messages are generated from this file.
 *
 * `description` is one line and names the unit. `allowed` completes the sentence "must be ..." if the type alone does
 * not say what is allowed.
 */

/** A named group of settings. An empty group (all settings commented out) means the same as a missing one. */
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

const tlsFiles = (none: string) =>
  z
    .strictObject({
      cert: z
        .string()
        .default('')
        .meta({
          description: `A PEM file: the certificate with its chain. With it, the server speaks TLS with clients that begin with TLS, and plain text with others. Empty means ${none}.`,
          allowed: 'the path of a file',
        }),
      key: z.string().default('').meta({
        description: 'A PEM file with the private key of the certificate.',
        allowed: 'the path of a file',
      }),
    })
    .prefault({})
    .meta({ description: 'TLS on the same port.' })

const listener = z.strictObject({
  host: z.string().refine(isHost).default('::').meta({
    description: 'The address to listen on; "::" means every address of the machine, IPv4 included.',
    allowed: 'an IP address or a host name',
  }),
  port: z.int().min(0).max(65535).default(6667).meta({
    description: 'The TCP port; 0 takes any free one.',
  }),
  telnet: z.boolean().default(false).meta({
    description: 'Treat every client of this listener as a telnet client, and negotiate at once.',
  }),
  proxy: z.enum(['none', 'tcp', 'tls']).default('none').meta({
    description:
      'Whether only a reverse proxy connects here. It must begin each connection with a PROXY header (version 1 or 2), which tells the real address. A "tcp" proxy passes bytes on, a "tls" proxy speaks TLS with people.',
  }),
  tls: tlsFiles('no TLS'),
})

const listeners = z.array(listener).min(1).prefault([{}]).meta({
  description: 'The addresses and ports where the server accepts connections.',
  allowed: 'a list of at least one listener, such as [{host: "::", port: 6667}]',
})

const accounts = section('Accounts and guests', {
  guests: z.boolean().default(true).meta({
    description: 'Whether people may chat under a nick, without an account.',
  }),
  signup: z.enum(['open', 'invite', 'closed']).default('open').meta({
    description:
      'Who may make an account: everybody (open), people with a code from a member (invite), or only operators, for others (closed).',
  }),
  bcryptCost: z.int().min(4).max(15).default(10).meta({
    description: 'The work factor of the password hash; one more doubles the time that a login takes.',
  }),
  passwordMinLength: z.int().min(1).max(72).default(8).meta({
    description: 'The minimum length of a password, in characters.',
  }),
  requireTls: z.boolean().default(false).meta({
    description:
      'Accept and show passwords and other secrets over TLS only; connections from this machine are exempt.',
  }),
  reservedNames: z
    .string()
    .regex(/^ *([a-z][a-z0-9_.-]*( +|$))*$/i)
    .default('admin administrator operator moderator root server system everyone here all')
    .meta({
      description:
        'Names that no account or guest can take, unless an operator makes the account; existing accounts keep them.',
      allowed: 'names with blanks between them, such as "admin root", or ""',
    }),
  deletedMessages: z.enum(['keep', 'remove']).default('keep').meta({
    description:
      'What happens to the messages of a deleted account: keep them as from "deleted user" with its number, or remove them.',
  }),
  nameRestDays: z.number().min(0).max(36_500).default(30).meta({
    description:
      'How long nobody may take the name of a deleted account that said something, in days; operators may give it away earlier. 0 means that the name is free at once.',
  }),
})

const channels = section('Channels', {
  default: z
    .string()
    .regex(/^#(?!\d+$)[a-z0-9][a-z0-9_.-]{0,31}$/i)
    .default('#lobby')
    .meta({
      description: 'The default channel: the server puts everybody into it.',
      allowed:
        'a channel name in quotes, like "#lobby": # and a letter or digit, then at most 31 of letters, digits, _ . -, and not digits alone',
    }),
  create: z.enum(['members', 'operators']).default('members').meta({
    description: 'Who may create channels.',
  }),
  announceUpTo: z.int().min(0).default(200).meta({
    description: 'The largest channel, in members, in which joins, leaves and presence are announced.',
  }),
})

const keepDays = z.number().min(0).max(36_500)

const history = section('History', {
  keepDays: keepDays.default(0).meta({
    description:
      'How long messages are kept, in days; 0 means for ever. An unread direct message may get twice as old.',
  }),
  channels: z
    .record(
      z.string().regex(/^#?(?!\d+$)[a-z0-9][a-z0-9_.-]{0,31}$/i),
      z.strictObject({
        keepDays: keepDays.meta({
          description: 'How long messages of this channel are kept, in days; 0 means for ever.',
        }),
      }),
    )
    .default({})
    .meta({
      description:
        'Channels with their own keepDays, by name, such as {"#tea": {keepDays: 7}}. A name with # needs quotes; you may leave the # out.',
      allowed: 'channels by name, each with its settings: {"#tea": {keepDays: 7}}',
    }),
  editHours: z.number().min(0).max(876_000).default(24).meta({
    description:
      'How long people may edit or delete their messages, in hours; 0 means for ever. Those who lead a channel, and operators, may delete at any time.',
  }),
  replayLines: z.int().min(0).max(500).default(20).meta({
    description: 'How many lines the server shows to somebody who joins a channel or comes back.',
  }),
})

const files = section('Files', {
  enabled: z.boolean().default(true).meta({
    description: 'Whether members may send files.',
  }),
  maxBytes: bytes(1_000_000_000_000_000).default(2_000_000_000).meta({
    description: 'The largest file, in bytes.',
  }),
  accountBytes: bytes(1_000_000_000_000_000).default(5_000_000_000).meta({
    description: 'How much the files of one account may take together, in bytes.',
  }),
  totalBytes: bytes(1_000_000_000_000_000).default(20_000_000_000).meta({
    description: 'How much all files may take together, in bytes.',
  }),
  keepHours: z.number().min(0).max(1_000_000).default(168).meta({
    description: 'How long a file is kept, in hours; 0 means for ever.',
  }),
  freeSpaceBytes: bytes(1_000_000_000_000_000).default(500_000_000).meta({
    description: 'How much room uploads must leave free on the disk, in bytes.',
  }),
  ticketMinutes: z.number().min(0.01).max(100_000).default(10).meta({
    description:
      'How long the server waits for an upload to begin, or to continue after it broke off, in minutes.',
  }),
  uploadsPerAccount: z.int().min(0).max(10_000).default(5).meta({
    description: 'How many uploads of one account may be announced or running; 0 means no limit.',
  }),
  stallSeconds: z.number().min(0.1).max(86_400).default(60).meta({
    description: 'How long a transfer may stand still before the server ends it, in seconds.',
  }),
})

const httpListener = z.strictObject({
  host: z.string().refine(isHost).default('127.0.0.1').meta({
    description:
      'The address to listen on: "127.0.0.1" means this machine only, "::" every address of the machine.',
    allowed: 'an IP address or a host name',
  }),
  port: z.int().min(0).max(65535).default(9667).meta({
    description: 'The TCP port; 0 takes any free one.',
  }),
})

const http = section('Watching over HTTP', {
  listen: z
    .preprocess(
      // A single listener may stand without a list.
      (value) => (isPlainObject(value) ? [value] : value),
      z.array(httpListener),
    )
    .prefault([])
    .meta({
      description:
        'Where the server answers /healthz, /readyz and /metrics, for supervisors and Prometheus (docs/metrics.md); empty means nowhere. Whoever can connect to it can read it.',
      allowed: 'a list of listeners, such as [{port: 9667}], or []',
    }),
})

const webListener = z.strictObject({
  host: z.string().refine(isHost).default('::').meta({
    description: 'The address to listen on; "::" means every address of the machine, IPv4 included.',
    allowed: 'an IP address or a host name',
  }),
  port: z.int().min(0).max(65535).default(8667).meta({
    description: 'The TCP port; 0 takes any free one.',
  }),
  tls: tlsFiles('that of the first of `listeners` that has one'),
})

const web = section('The page in the browser', {
  listen: z
    .preprocess(
      // A single listener may stand without a list.
      (value) => (isPlainObject(value) ? [value] : value),
      z.array(webListener),
    )
    .prefault([{}])
    .meta({
      description:
        'Where the server has its page for browsers; empty means nowhere. If the default port is taken, there is no page and the log has a warning.',
      allowed: 'a list of listeners, such as [{port: 8667}], or []',
    }),
  origins: z
    .array(
      z
        .string()
        .regex(/^https?:\/\/([a-z0-9]([a-z0-9._-]{0,251}[a-z0-9])?|\[[0-9a-f:.]+\])(:\d{1,5})?$/)
        .meta({
          allowed: 'an origin such as "https://chat.example.org", in small letters and without a path',
        }),
    )
    .default([])
    .meta({
      description:
        'How browsers find the page, such as ["https://chat.example.org"]: exactly these. Empty means by any address, by localhost, and by the names in web.listen and server.publicHost. Everything else is refused, so that a foreign page gets nothing.',
      allowed: 'a list of origins, such as ["https://chat.example.org"]',
    }),
  proxy: z
    .array(
      z
        .string()
        .refine((cidr) => parseAddressBlock(cidr) !== undefined)
        .meta({ allowed: 'an address or a block of addresses, such as "127.0.0.1" or "10.0.0.0/8"' }),
    )
    .default([])
    .meta({
      description:
        'Addresses of reverse proxies in front of the page, such as ["127.0.0.1"]. Only these are believed when they tell the address of a client, by X-Forwarded-For or a PROXY header.',
      allowed: 'a list of addresses, such as ["127.0.0.1"]',
    }),
})

const server = section('The name, greeting and public address of the server', {
  name: z
    .string()
    .min(1)
    .max(60)
    .regex(/^\P{C}+$/u)
    .default('Partyline')
    .meta({
      description: 'The name of this place in the greeting.',
      allowed: '1 to 60 characters on one line',
    }),
  welcome: z
    .string()
    .max(2000)
    .refine((text) => !/[^\P{C}\n]/u.test(text) && text.trimEnd().split('\n').length <= 10)
    .default('')
    .meta({
      description:
        'The first lines that people read when they connect, in place of "Welcome to ...": up to 10 lines. Below them the server says how to come in.',
      allowed: 'up to 10 lines of text',
    }),
  publicHost: z
    .string()
    .refine((host) => host === '' || isHost(host))
    .default('')
    .meta({
      description:
        'The name or address in lines that people paste into a shell; empty means the address that they connected to.',
      allowed: 'an IP address, a host name or ""',
    }),
  publicPort: z.int().min(0).max(65535).default(0).meta({
    description: 'The port in lines that people paste into a shell; 0 means the port that they connected to.',
  }),
})

const limits = section('Limits', {
  connections: z.int().min(1).default(1000).meta({
    description: 'How many connections the server accepts at a time.',
  }),
  connectionsPerAddress: z.int().min(0).default(64).meta({
    description:
      'How many connections without a login one address may have; IPv6 counts by /64, loopback does not count, 0 means no limit.',
  }),
  membersPerAddress: z.int().min(0).default(250).meta({
    description:
      'How many connections with a login one address may have, besides those without; 0 means no limit.',
  }),
  lineBytes: z.int().min(256).max(65536).default(4000).meta({
    description:
      'The longest line of text that the server accepts, in bytes. A terminal silently cuts typed lines at 4095 bytes; with a lower limit the server notices that.',
  }),
  messagesPerSecond: z.number().min(0).max(10000).default(5).meta({
    description:
      'How many messages a second one account (on all its connections together) or one guest may send in the long run; 0 means no limit.',
  }),
  burst: z.int().min(0).max(100000).default(20).meta({
    description:
      'How many messages an account or guest may send at once before messagesPerSecond holds; 0 means no limit at all, also not for addresses.',
  }),
  addressMessagesPerSecond: z.number().min(0).max(10000).default(20).meta({
    description:
      'How many messages a second all guests and visitors of one address may send together in the long run; IPv6 counts by /64, loopback is one address, 0 means no limit.',
  }),
  addressBurst: z.int().min(0).max(100000).default(200).meta({
    description:
      'How many messages they may send at once before addressMessagesPerSecond holds; 0 means no limit.',
  }),
  signupsPerHour: z.int().min(0).max(1_000_000).default(40).meta({
    description:
      'How many accounts people who are not operators may make from one address in an hour; IPv6 counts by /64, loopback is one address, 0 means no limit.',
  }),
  sendQueueBytes: z.int().min(4096).max(1073741824).default(1048576).meta({
    description:
      'How much output may wait for a client that reads slowly before the server disconnects it, in bytes.',
  }),
  loginSeconds: z.int().min(0).max(86400).default(120).meta({
    description:
      'How long somebody may stay without a login or a nick, in seconds from the last line, and at most five times that in total; 0 means for ever.',
  }),
})

const most = (count: number, description: string) =>
  z
    .int()
    .min(0)
    .max(1_000_000_000)
    .default(count)
    .meta({ description: `${description}; 0 means no limit.` })

const ceilings = section('Ceilings of lists', {
  channels: most(10_000, 'How many channels the server may have'),
  channelsOwned: most(20, 'How many channels an account may be the admin of'),
  channelsJoined: most(50, 'How many channels a person may be in'),
  tokens: most(100, 'How many login tokens an account may have'),
  invitationsMade: most(100, 'How many open invitations into channels an account may have made'),
  invitationsWaiting: most(50, 'How many invitations may wait for an answer of an account'),
  inviteCodes: most(20, 'How many unused invitation codes for sign-up an account may have'),
  contacts: most(500, 'How many contacts an account may have'),
  blocks: most(500, 'How many people an account may block'),
  channelBans: most(500, 'How many people may be banned from a channel'),
  channelMutes: most(500, 'How many people may be muted in a channel'),
  addressBans: most(1_000, 'How many addresses and address blocks may be banned'),
  files: most(500, 'How many files an account may have, including empty ones'),
})

const store = section('Storage', {
  freeSpaceBytes: bytes(1_000_000_000_000_000).default(100_000_000).meta({
    description:
      'How much room must stay free on the disk, in bytes. With less, nobody can say or create anything, and operators are told; 0 means no limit.',
  }),
  synchronous: z.enum(['full', 'normal', 'off']).default('full').meta({
    description:
      'When SQLite waits for the disk: at each commit (full); less often and faster, but a power cut may lose the last messages (normal); never (off).',
  }),
})

const terminal = section('Terminal', {
  concealPasswords: z.boolean().default(true).meta({
    description:
      'Whether to hide typed passwords by an ANSI conceal sequence if the client does not speak telnet.',
  }),
  timeZone: z
    .string()
    .refine((zone) => zone === '' || isZone(zone))
    .default('')
    .meta({
      description: "The time zone of displayed times; empty means the server's own zone.",
      allowed: 'a time zone such as "Europe/Berlin", or ""',
    }),
})

const log = section('Log', {
  level: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info').meta({
    description: 'The lowest level that is logged.',
  }),
  pretty: z.boolean().default(false).meta({
    description: 'Whether to log readable lines instead of JSON.',
  }),
})

/** The whole configuration. It accepts `{}`: every setting has a default. */
export const configSchema = z.strictObject({
  listeners,
  dataDirectory: z.string().min(1).default('data').meta({
    description: 'The directory of the database and the files; relative to the working directory.',
    allowed: 'the path of a directory',
  }),
  greetingDelayMs: z.int().min(0).max(10000).default(200).meta({
    description:
      'How long the server waits for a client that speaks first before it greets, in milliseconds.',
  }),
  server,
  web,
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

/** A complete configuration. Nothing ever changes it; a reload makes another one. */
export type Config = DeepReadonly<z.output<typeof configSchema>>

/** The configuration without any file or variable. */
export function defaultConfig(): Config {
  return configSchema.parse({})
}
