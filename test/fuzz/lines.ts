import { readdirSync, readFileSync } from 'node:fs'
import { commands } from '../../server/commands/index.ts'
import { hostiles } from '../injection/hostile.ts'
import type { Random } from './random.ts'

/*
 * What is sent. Names are few, so that people meet, and so that the server has no reason to need more and more
 * memory: accounts, channels and whatever hangs on them are soon all there.
 */

export const password = 'good enough'
export const accounts = ['u0', 'u1', 'u2', 'u3', 'u4', 'u5', 'u6', 'u7'].map((name) => `${name}x`)
export const channels = ['#c0', '#c1', '#c2', '#c3', '#c4', '#c5']
/** Who reads along; they send nothing strange. */
export const watchers = ['anna', 'carl', 'tess', 'jay'] as const

const guests = ['g0', 'g1', 'g2', 'g3'].map((name) => `${name}y`)
const names = [
  ...accounts,
  ...accounts,
  ...guests.map((name) => `~${name}`),
  ...watchers,
  '#1',
  '#3',
  '@u1x',
  'nobody',
]
const things = [
  ...[
    'on',
    'off',
    'add',
    'remove',
    'text',
    'json',
    'private',
    'online',
    'none',
    'clear',
    'inline',
    'all',
    'watch',
  ],
  ...[
    '10m',
    '2h',
    '0s',
    '99999999d',
    '999999w'.repeat(15),
    '3651d',
    '1',
    '2',
    '7',
    '500',
    '501',
    '0',
    '-1',
    '1e9',
    '9007199254740993',
    'before',
  ],
  ...[
    'yes',
    'no',
    'c',
    'q',
    '24',
    '12',
    'UTC',
    'Europe/Berlin',
    'in:#c1',
    'from:u1x',
    'before:2026-11-01',
    'after:x',
  ],
  ...[
    'a@b.example',
    'notes.txt',
    '../x',
    "it's.txt",
    '-rf',
    'aGVsbG8=',
    '.',
    '/cancel',
    '@end',
    'QUIT',
    '"',
    '*',
    '%s',
  ],
  ...['192.0.2.0/24', '::/0', 'revoke', 'erase-messages', 'ci', '__proto__', 'constructor', password],
]
const words = 'hello tea water is off on friday who wants some @u1x @anna 你好 👩‍👩‍👧 שלום é'.split(' ')
const hostileTexts = hostiles.map(({ hostile }) => Buffer.from(hostile))

/** What people type in the transcripts, which are sensible sessions. */
const typed = readdirSync('test/transcripts')
  .filter((file) => file.endsWith('.txt'))
  .flatMap((file) => readFileSync(`test/transcripts/${file}`, 'utf8').split('\n'))
  .flatMap((line) => /^\w+ > (.*)$/.exec(line)?.[1] ?? [])

/** One line with its ending, or telnet's bytes. */
export function anything(random: Random): Buffer {
  const kind = random.next()
  if (kind < 0.36) return ended(random, commandLine(random))
  if (kind < 0.52) return ended(random, Buffer.from(text(random)))
  if (kind < 0.62) return ended(random, Buffer.from(random.pick(typed)))
  if (kind < 0.78)
    return ended(
      random,
      mutated(random, random.chance(0.5) ? commandLine(random) : Buffer.from(random.pick(typed))),
    )
  if (kind < 0.88) return ended(random, jsonLine(random))
  if (kind < 0.93) return ended(random, random.bytes(random.below(80)))
  if (kind < 0.995) return telnet(random)
  return ended(
    random,
    Buffer.alloc(random.between(1000, 20_000), random.pick(['x', '/', ' ', '\u001b[', '{"', 'é'])),
  )
}

export function commandLine(random: Random): Buffer {
  const { aliases, name } = random.pick(commands)
  const parts = [
    `/${random.chance(0.1) ? random.pick([name, ...aliases]).toUpperCase() : random.pick([name, ...aliases])}`,
  ]
  for (let count = random.below(4); count > 0; count--) parts.push(argument(random))
  return Buffer.from(parts.join(random.chance(0.05) ? '  ' : ' '))
}

function argument(random: Random): string {
  const kind = random.next()
  if (kind < 0.35) return random.pick(names)
  if (kind < 0.6) return random.pick(channels)
  if (kind < 0.85) return random.pick(things)
  return text(random)
}

function text(random: Random): string {
  return Array.from({ length: random.between(1, 6) }, () => random.pick(words)).join(' ')
}

function jsonLine(random: Random): Buffer {
  const line = random.chance(0.6) ? commandLine(random).toString() : text(random)
  const tag: unknown = random.pick(['7', 7, null, undefined, {}, [], '\u009b31m', 1e300, '__proto__'])
  const value: unknown = random.pick([
    ...[
      { line, tag },
      { line, tag },
      { line, tag },
      { line, tag, __proto__: null },
    ],
    ...[{ line: [line] }, { tag }, [], { line: { line } }, line],
  ])
  const bytes = Buffer.from(JSON.stringify(value))
  return random.chance(0.2) ? mutated(random, bytes) : bytes
}

/** A line that was sensible, with a few changes. */
export function mutated(random: Random, line: Buffer): Buffer {
  let bytes = line
  for (let count = random.between(1, 4); count > 0; count--) {
    const at = random.below(bytes.length + 1)
    const end = Math.min(bytes.length, at + random.below(8))
    const [head, middle, tail] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)]
    const insert = [
      () => random.pick(hostileTexts).subarray(0, 200),
      () => Buffer.from([random.below(256)]),
      () => Buffer.from(random.pick([' ', '#', '@', '/', '~', '"', '\\', '{', '\\u0000', '\r', '\0', '\t'])),
      () => Buffer.concat([middle, middle, middle]),
      () => Buffer.alloc(0),
      () => Buffer.from(random.pick(things)),
    ]
    bytes = Buffer.concat([head, random.pick(insert)(), random.chance(0.5) ? middle : Buffer.alloc(0), tail])
  }
  return bytes
}

const iac = 255

/** Negotiations, commands and subnegotiations, whole and broken. */
export function telnet(random: Random): Buffer {
  const option = random.pick([0, 1, 3, 5, 6, 24, 31, 34, 39, 255, 10])
  const kind = random.next()
  if (kind < 0.5) return Buffer.from([iac, random.between(251, 254), option])
  if (kind < 0.7) return Buffer.from([iac, random.between(236, 250)])
  if (kind < 0.8)
    return Buffer.from([iac, 250, 31, ...random.bytes(random.pick([4, 4, 4, 0, 3, 300])), iac, 240])
  if (kind < 0.9)
    return Buffer.concat([Buffer.from([iac, 250, 24, 0]), random.pick(hostileTexts), Buffer.from([iac, 240])])
  // Without an end, or only an IAC.
  return Buffer.from([iac, ...random.bytes(random.below(6))])
}

function ended(random: Random, line: Buffer): Buffer {
  const end = random.next()
  return Buffer.concat([
    line,
    Buffer.from(end < 0.8 ? '\n' : end < 0.9 ? '\r\n' : end < 0.95 ? '\r\0' : '\r'),
  ])
}

/** What a connection may begin with that is no chat. */
export function transferStart(random: Random): Buffer {
  const token = random.pick(['x', 'A'.repeat(32), '__proto__', '../x', random.bytes(8).toString('hex')])
  const start = random.pick([
    ...[`/put ${token} 10\nhello`, `/get ${token}\n`, `/put ${token}\n`, `/put ${token} 1e9 -1\n`, '/get\n'],
    ...[
      `GET /get/${token} HTTP/1.1\r\nHost: x\r\n\r\n`,
      `PUT /put/${token} HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc`,
    ],
    ...[
      'PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n',
      'POST / HTTP/1.0\r\n\r\n',
      'GET ',
    ],
    ...['\u0016\u0003\u0001\u0002\u0000', '/put ', 'OPTIONS * HTTP/9.9\r\n\r\n'],
  ])
  const bytes = Buffer.from(start, 'latin1')
  const one = random.chance(0.4) ? mutated(random, bytes) : bytes
  // Requests one behind the other, as they once opened a file each.
  return random.chance(0.2) ? Buffer.concat(Array<Buffer>(random.between(2, 300)).fill(one)) : one
}
