import { fail } from '../model/failures.ts'
import { type Announced, full, Upload, type UploadParts } from './upload.ts'

/** Receives the bytes of files by their tickets, one uploader for each, and offers complete files. */
export class Uploads {
  readonly #parts: UploadParts
  /** Bytes received since the last check of the free space, of all uploads together. */
  readonly #unchecked = { bytes: 0 }

  constructor(parts: UploadParts) {
    this.#parts = parts
  }

  /** How much of the file of a ticket has come, and how long it is if that was announced. Throws `bad-ticket`. */
  standing(token: string): { readonly received: number; readonly size: number | undefined } {
    const { directory, tickets } = this.#parts
    const { from, received, size } = tickets.find(token)
    if (!directory.account(from)) throw fail({ code: 'bad-ticket' })
    return { received, size }
  }

  /**
   * Begins or continues an upload. Throws `bad-ticket`, `ticket-in-use`, `wrong-size`, `wrong-offset` and the errors
   * of the limits; the ticket stays usable then.
   */
  async begin(token: string, announced: Announced): Promise<Upload> {
    const { directory, store, talk, tickets, vault } = this.#parts
    const file = tickets.find(token)
    if (file.upload) throw fail({ code: 'ticket-in-use' })
    const from = directory.account(file.from)
    if (!from) throw fail({ code: 'bad-ticket' })
    const { offset, size } = announced
    if (offset !== file.received) throw fail({ code: 'wrong-offset', offset: file.received })
    if (file.received > 0 && file.size !== undefined && size !== file.size)
      throw fail({ code: 'wrong-size', size: file.size })
    if (size !== undefined && offset > size) throw fail({ code: 'wrong-size', size: file.received })
    talk.check(from, file.target)
    // From here on the ticket is in use; there was no await before.
    const upload = new Upload({ ...this.#parts, unchecked: this.#unchecked }, file, from, announced)
    file.upload = upload
    const before = file.size
    file.size = size
    try {
      upload.checkLimits()
      await upload.checkSpace()
      await store.setUpload(file.id, { size, expires: file.expires })
      const part = await vault.open(file.blob, offset).catch(full)
      if (file.removed) {
        await part.close()
        await vault.remove(file.blob)
        throw fail({ code: 'bad-ticket' })
      }
      upload.start(part)
      return upload
    } catch (error) {
      file.upload = undefined
      file.size = before
      throw error
    }
  }
}
