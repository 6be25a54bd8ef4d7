import { readdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'

/** Another extension, another case, the ending that an editor has put behind it. */
const name = /^\.?partyline[\w.-]*\.(ya?ml|json|toml|ini|conf|cfg)(\.txt)?$/i
/** In a folder for that, `config.yaml` and the like, too. Not in the working directory: there it is of any program. */
const plainName = /^(config|configuration|settings|server)\.ya?ml(\.txt)?$/i
const folderName = /^(config|conf|etc)$/i
/** Where docs/operating.md puts it: it has to be named there. */
const systemFolder = '/etc/partyline'
const notOurs = ['partyline.schema.json']

/**
 * Files that look like a configuration and are not used: whoever wrote one believes that it holds. Looked for where the
 * configuration usually is, seen from the working directory.
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
