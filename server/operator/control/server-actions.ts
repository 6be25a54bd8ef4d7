import * as z from 'zod'
import { fail } from '../../chat/model/failures.ts'
import { StoreUnavailable } from '../../chat/ports/store-errors.ts'
import { statsFields } from '../../dialects/json/fields.ts'
import { sizeText } from '../../lib/sizes.ts'
import { why } from '../../store/errors.ts'
import { type Action, action } from './action.ts'
import { Refused } from './refused.ts'

/** The server itself, its disk and its files. */
export const serverActions: Readonly<Record<string, Action>> = {
  /** The health check: an answer shows that the event loop runs. */
  alive: { silent: true, run: async () => ({}) },

  status: action(z.object({}), async ({ stats }) => {
    if (!stats) throw fail({ code: 'bad-arguments', detail: 'No server runs with this data directory.' })
    return statsFields(await stats())
  }),

  reload: action(z.object({}), async ({ reload }) => {
    if (!reload)
      throw fail({
        code: 'bad-arguments',
        detail: 'No server runs with this data directory; it reads its configuration when it starts.',
      })
    return reload()
  }),

  /** Gives the room of removed data back to the disk. All messages wait meanwhile. */
  compact: action(z.object({}), async ({ space, store }) => {
    const { database: before, free } = await space()
    const scrubbed = await store.scrub(true).catch((error: unknown) => {
      if (!(error instanceof StoreUnavailable)) throw error
      // SQLite makes a copy in that folder, and writes it into the write-ahead log.
      const need = `That needs up to ${sizeText(before)} beside the database, where ${sizeText(free)} are free, and as much in the folder for temporary files (SQLITE_TMPDIR).`
      const message = `The database could not be rewritten, and is as it was. ${need} It says: ${why(error.cause)}.`
      throw new Refused({ code: 'unavailable', message })
    })
    return { before, after: (await space()).database, scrubbed }
  }),

  /** Checks files with which another process has found a problem. */
  lookatfiles: action(z.object({ files: z.array(z.int()) }), async ({ services }, { files }) => {
    await services.lostFiles.look(files)
    return { lost: services.lostFiles.list().map(({ file, why }) => ({ id: file.id, name: file.name, why })) }
  }),
}
