import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Which of these words are anywhere in the files of a data folder, whatever the case. */
export function foundIn(data: string, words: readonly string[]): string[] {
  const names = readdirSync(data, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile()).map(({ name, parentPath }) => join(parentPath, name))
  const raw = files.map((file) => `${file}\n${readFileSync(file, 'latin1')}`.toLowerCase())
  return words.filter((word) => raw.some((text) => text.includes(word)))
}
