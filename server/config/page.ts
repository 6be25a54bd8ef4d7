import { isDeepStrictEqual } from 'node:util'
import { type Config, defaultConfig } from './schema.ts'

/** Whether nobody has said where the page is: then the server can do without it where its port is taken. */
export function isPageUnset({ web }: Pick<Config, 'web'>): boolean {
  return isDeepStrictEqual(structuredClone(web.listen), structuredClone(defaultConfig().web.listen))
}
