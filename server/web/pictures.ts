import { pipeline } from 'node:stream/promises'
import type { FileTokens } from '../chat/files/file-tokens.ts'
import type { LostFiles } from '../chat/files/lost-files.ts'
import { Failure } from '../chat/model/failures.ts'
import type { Vault } from '../chat/ports/vault.ts'
import { failureText } from '../dialects/failure-text.ts'
import { hasAlready } from '../net/entity-tags.ts'
import { answerText, type Exchange } from './answers.ts'
import { sandbox, secureHeaders } from './headers.ts'
import { pictureSize } from './picture-size.ts'

/** What pictures come from. */
export interface PictureParts {
  readonly services: { readonly fileTokens: FileTokens; readonly lostFiles: LostFiles; readonly vault: Vault }
  /** How long a transfer may stand still; it may change. */
  readonly fileRules: { readonly stallSeconds: number }
}

/** Larger files are no pictures to be shown beside a line. */
const mostBytes = 20_000_000
/** A JPEG may have a small picture and the place where it was taken in front of its size. */
const headBytes = 256 * 1024
/** A browser holds four bytes a pixel for everybody who looks. */
const mostPixels = 50_000_000

const signatureBytes = 16

/** The types of pictures that no browser takes for anything else, by their first bytes. SVG may have scripts, and is none. */
const kinds: readonly { readonly type: string; readonly begins: RegExp }[] = [
  { type: 'image/png', begins: /^\x89PNG\r\n\x1a\n/ },
  { type: 'image/jpeg', begins: /^\xff\xd8\xff/ },
  { type: 'image/gif', begins: /^GIF8[79]a/ },
  { type: 'image/webp', begins: /^RIFF[\s\S]{4}WEBP/ },
]

/** The picture that a file is, to be shown in the page; 415 for any other file, whatever its name says, and for a huge one. */
export async function answerPicture(
  exchange: Exchange,
  token: string,
  { fileRules, services: { fileTokens, lostFiles, vault } }: PictureParts,
): Promise<void> {
  const { gate, request, response } = exchange
  try {
    const file = fileTokens.download(token)
    await lostFiles.require(file)
    const { blob, sha256, size = 0 } = file
    const tag = `"${sha256}"`
    const type = size > mostBytes ? undefined : await typeOf(vault, blob, size)
    if (type === undefined) return answerText(exchange, 415, 'That is no picture to be shown here.')
    secureHeaders(response, sandbox)
    response.setHeader('Cache-Control', 'private, max-age=3600')
    response.setHeader('ETag', tag)
    if (hasAlready(request, tag)) {
      response.writeHead(304)
      response.end()
      return
    }
    response.writeHead(200, { 'Content-Type': type, 'Content-Disposition': 'inline', 'Content-Length': size })
    if (request.method === 'HEAD') {
      response.end()
      return
    }
    const { socket } = gate
    socket.setTimeout(fileRules.stallSeconds * 1000, () => socket.destroy())
    await pipeline(vault.read(blob, 0, size), response)
  } catch (error) {
    if (response.headersSent || response.destroyed) gate.destroy()
    else if (error instanceof Failure) answerText(exchange, 404, failureText(error.problem))
    else throw error
  }
}

async function typeOf(vault: Vault, blob: string, size: number): Promise<string | undefined> {
  const pieces: Buffer[] = []
  for await (const piece of vault.read(blob, 0, Math.min(size, headBytes))) pieces.push(Buffer.from(piece))
  const head = Buffer.concat(pieces)
  const begin = head.toString('latin1', 0, signatureBytes)
  const type = kinds.find(({ begins }) => begins.test(begin))?.type
  const shown = type === undefined ? undefined : pictureSize(type, head)
  return shown && shown.width * shown.height <= mostPixels ? type : undefined
}
