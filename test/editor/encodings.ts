import type { KeyName } from '../../server/editor/sequences.ts'

/** Keys that every terminal sends alike. */
const alike: Partial<Record<KeyName, string>> = {
  'alt-b': '\x1bb',
  'alt-backspace': '\x1b\x7f',
  'alt-d': '\x1bd',
  'alt-f': '\x1bf',
  'alt-y': '\x1by',
  'ctrl-a': '\x01',
  'ctrl-b': '\x02',
  'ctrl-c': '\x03',
  'ctrl-d': '\x04',
  'ctrl-e': '\x05',
  'ctrl-f': '\x06',
  'ctrl-g': '\x07',
  'ctrl-k': '\x0b',
  'ctrl-l': '\x0c',
  'ctrl-n': '\x0e',
  'ctrl-p': '\x10',
  'ctrl-r': '\x12',
  'ctrl-t': '\x14',
  'ctrl-u': '\x15',
  'ctrl-w': '\x17',
  'ctrl-y': '\x19',
  'back-tab': '\x1b[Z',
  backspace: '\x7f',
  enter: '\r',
  'paste-begin': '\x1b[200~',
  'paste-end': '\x1b[201~',
  tab: '\t',
}

const arrows = { up: '\x1b[A', down: '\x1b[B', right: '\x1b[C', left: '\x1b[D' }
const byModifier = {
  'word-left': '\x1b[1;5D',
  'word-right': '\x1b[1;5C',
  'word-delete': '\x1b[3;5~',
}

/** What the keys of some terminals send. */
export const terminals: Readonly<Record<string, Readonly<Partial<Record<KeyName, string>>>>> = {
  xterm: { ...alike, ...arrows, ...byModifier, home: '\x1b[H', end: '\x1b[F', delete: '\x1b[3~' },
  /** An application has left it in its own mode; Enter as telnet sends it. */
  vt100: {
    ...alike,
    up: '\x1bOA',
    down: '\x1bOB',
    right: '\x1bOC',
    left: '\x1bOD',
    home: '\x1bOH',
    end: '\x1bOF',
    delete: '\x1b[3~',
    enter: '\r\0',
  },
  linux: { ...alike, ...arrows, home: '\x1b[1~', end: '\x1b[4~', delete: '\x1b[3~' },
  /** Ctrl and an arrow send what the arrow alone sends in the mode of applications. */
  putty: {
    ...alike,
    ...arrows,
    'word-left': '\x1bOD',
    'word-right': '\x1bOC',
    home: '\x1b[1~',
    end: '\x1b[4~',
    delete: '\x1b[3~',
    enter: '\r\n',
  },
  rxvt: {
    ...alike,
    ...arrows,
    'word-left': '\x1bOd',
    'word-right': '\x1bOc',
    'word-delete': '\x1b[3^',
    home: '\x1b[7~',
    end: '\x1b[8~',
    delete: '\x1b[3~',
  },
  windows: {
    ...alike,
    ...arrows,
    backspace: '\b',
    home: '\x1b[1~',
    end: '\x1b[4~',
    delete: '\x1b[3~',
    enter: '\r\n',
  },
}

/** What a terminal may send that is no key here, each as a whole. */
export const unknown: readonly string[] = [
  '\x1bOP',
  '\x1b[15~',
  '\x1b[24;2~',
  '\x1b[[A',
  '\x1b[5~',
  '\x1b[2~',
  '\x1b[I',
  '\x1b[?64;1;2c',
  '\x1b[12;40R',
  '\x1b[?2026;2$y',
  '\x1b[<0;3;4M',
  '\x1b[M !"',
  '\x1b[1;5P',
  '\x1b]11;rgb:0000/0000/0000\x07',
  '\x1b]10;rgb:ffff/ffff/ffff\x1b\\',
  '\x1bP1$r0m\x1b\\',
  '\x1bx',
  '\x1b3',
  '\x00',
  '\x1c',
  '\x1d',
  '\x0f',
  '\x11',
  '\x13',
  '\x1a',
  '\u009b15~',
]
