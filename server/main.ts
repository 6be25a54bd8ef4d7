#!/usr/bin/env node
// Before anything is loaded that an older Node.js may not even be able to read: so no static import here, and plain words.
const least = [20, 17] as const

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < least[0] || (major === least[0] && minor < least[1])) {
  process.stderr.write(
    `partyline: This is Node.js ${process.versions.node}; it needs ${least.join('.')} or newer (see README.md).\n`,
  )
  process.exit(1)
}
// Whatever it makes is for its own user alone, whoever made the folder: the database has passwords and what people say.
process.umask(0o077)
import('./program.ts')
  .then(({ run }) => run())
  .catch((error: unknown) => {
    process.stderr.write(`partyline: ${error instanceof Error ? error.stack : String(error)}\n`)
    process.exit(1)
  })

export {}
