import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A file of the page, as it is sent. */
export interface PageFile {
  readonly type: string
  readonly bytes: Buffer
  /** The same by gzip, where the build has made that. */
  readonly gzipped: Buffer | undefined
  readonly etag: string
  /** Its name changes with what is in it. */
  readonly isHashed: boolean
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}

/** What esbuild calls `[name]-[hash]`. */
const hashed = /-[A-Z0-9]{8}\.\w+$/
const index = 'index.html'

/** Where `server/build.cjs` puts the page, also where the server runs from its sources. */
export function pageFolder(): string {
  const here = fileURLToPath(import.meta.url)
  return here.endsWith('.ts') ? join(here, '..', '..', '..', 'dist', 'page') : join(here, '..', 'page')
}

/**
 * The files of the page, read into memory: a request finds one by its exact name or not at all, and never reaches the disk.
 * They are read again when the page was built anew, which is looked at when somebody asks for the page itself.
 */
export class PageFiles {
  readonly #folder: string
  #files: ReadonlyMap<string, PageFile> = new Map()
  #readAt: number | undefined

  constructor(folder = pageFolder()) {
    this.#folder = folder
  }

  /** `path` is that of a request, without what is behind a question mark. */
  find(path: string): PageFile | undefined {
    const name = path === '/' ? index : path.slice(1)
    if (name === index || this.#readAt === undefined) this.#look()
    return this.#files.get(name)
  }

  #look(): void {
    const page = join(this.#folder, index)
    const built = existsSync(page) ? statSync(page).mtimeMs : undefined
    if (built === this.#readAt) return
    this.#readAt = built
    this.#files = built === undefined ? new Map() : readFiles(this.#folder)
  }
}

function readFiles(folder: string): Map<string, PageFile> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) =>
    name.replaceAll('\\', '/'),
  )
  const found = new Map<string, PageFile>()
  for (const name of names) {
    const type = types[extname(name)]
    if (type === undefined || !statSync(join(folder, name)).isFile()) continue
    const bytes = readFileSync(join(folder, name))
    found.set(name, {
      type,
      bytes,
      gzipped: names.includes(`${name}.gz`) ? readFileSync(join(folder, `${name}.gz`)) : undefined,
      etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`,
      isHashed: hashed.test(name),
    })
  }
  return found
}
