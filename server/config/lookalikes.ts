import { readdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'

/** Names like partyline.yaml, but with another extension, other case, or an ending that an editor has added. */
const name = /^\.?partyline[\w.-]*\.(ya?ml|json|toml|ini|conf|cfg)(\.txt)?$/i
/**
 * In a folder for configurations also `config.yaml` and similar names; in the working directory they may belong to
 * any program.
 */
const plainName = /^(config|configuration|settings|server)\.ya?ml(\.txt)?$/i
const folderName = /^(config|conf|etc)$/i
/** The path of docs/operating.md; the server reads it only if an option names it. */
const systemFolder = '/etc/partyline'
const notOurs = ['partyline.schema.json']

/**
 * Finds files that look like a configuration and are not used, because their author believes that they are. It looks
 * in the usual places of the configuration, relative to the working directory.
 */
export function unusedConfigs(used: string | undefined, from = '.'): string[] {
  const folders = entries(from).filter((one) => folderName.test(one))
  const places = [from, ...folders.map((folder) => join(from, folder)), systemFolder]
  const real = used === undefined ? undefined : realOf(used)
  return places
    .flatMap((place) => entries(place).map((one) => [place, one] as const))
    .filter(
      ([place, one]) =>
        (name.test(one) || (place !== from && plainName.test(one))) && !notOurs.includes(one.toLowerCase()),
    )
    .map(([place, one]) => join(place, one))
    .filter((path) => realOf(path) !== real)
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function realOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
