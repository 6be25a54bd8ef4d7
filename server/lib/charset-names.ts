/** The character sets that a terminal may have instead of UTF-8, by the names that people read. */
export const charsetNames = [
  'latin1',
  'cp1252',
  'cp437',
  'cp850',
  'cp1251',
  'koi8-r',
  'gbk',
  'shift_jis',
] as const
export type CharsetName = (typeof charsetNames)[number]

/** A character set, or UTF-8, which every connection has at first. */
export type Charset = CharsetName | 'utf-8'

/** For so many types of terminals an account remembers a character set. */
export const mostTerminals = 20

/** Other names, as they are compared: small letters and digits only. */
const aliases: Readonly<Record<string, CharsetName | 'utf-8'>> = {
  utf8: 'utf-8',
  unicode: 'utf-8',
  cp65001: 'utf-8',
  '65001': 'utf-8',
  latin1: 'latin1',
  l1: 'latin1',
  iso88591: 'latin1',
  '88591': 'latin1',
  cp28591: 'latin1',
  '28591': 'latin1',
  cp1252: 'cp1252',
  win1252: 'cp1252',
  windows1252: 'cp1252',
  '1252': 'cp1252',
  ansi: 'cp1252',
  cp437: 'cp437',
  ibm437: 'cp437',
  '437': 'cp437',
  oem: 'cp437',
  dos: 'cp437',
  cp850: 'cp850',
  ibm850: 'cp850',
  '850': 'cp850',
  cp1251: 'cp1251',
  win1251: 'cp1251',
  windows1251: 'cp1251',
  '1251': 'cp1251',
  koi8r: 'koi8-r',
  koi8: 'koi8-r',
  cp20866: 'koi8-r',
  '20866': 'koi8-r',
  gbk: 'gbk',
  gb2312: 'gbk',
  euccn: 'gbk',
  cp936: 'gbk',
  windows936: 'gbk',
  '936': 'gbk',
  shiftjis: 'shift_jis',
  sjis: 'shift_jis',
  mskanji: 'shift_jis',
  windows31j: 'shift_jis',
  cp932: 'shift_jis',
  '932': 'shift_jis',
}

/** The character set that somebody means by this name, however it is written; undefined if it is none of these. */
export function charsetNamed(typed: string): CharsetName | 'utf-8' | undefined {
  const name = typed.toLowerCase().replace(/[^a-z0-9]/g, '')
  return Object.hasOwn(aliases, name) ? aliases[name] : undefined
}
