import { fail } from '../chat/model/failures.ts'
import { choice, count, offering, optional } from './args.ts'
import { command } from './command.ts'

/** The largest file that is shown as base64, in bytes: it has to be kept in memory, and must fit into a terminal. */
const inlineBytes = 1024 * 1024

export default command({
  name: 'fileget',
  area: 'files',
  who: 'guest',
  token: 'read',
  cost: 3,
  args: { id: offering('files', count('ID', Number.MAX_SAFE_INTEGER)), inline: optional(choice('inline')) },
  summary:
    'Get a file: lines, of which you run one in a second terminal, or with inline its bytes here, as base64.',
  help: '/files and the announcement of the file show its number. The lines write into the folder where you run them, and into no file that is there already. On Windows, in PowerShell and cmd, run the second line with curl.exe instead of curl. The token in the line is for you alone. inline works for files of up to 1 MiB.',
  data: '{id, name, size, sha256, from, channel?, to?, get, command, curl, at, expires}; {id, name, size, sha256, from, channel?, to?, get, at, expires?, base64}',
  fails: ['no-such-file', 'file-gone', 'file-too-large'],
  async run({ clock, files, fileTokens, lostFiles, terminal, vault }, person, { id, inline }) {
    await lostFiles.requireSize(files.require(person, id))
    if (inline === undefined) {
      const { expires, file, token } = await fileTokens.tokenFor(person, id, terminal.grant)
      return { code: 'file-token', file: files.dataOf(file), token, expires, now: clock.now() }
    }
    const file = files.require(person, id)
    const { blob, size = 0 } = file
    if (size > inlineBytes) throw fail({ code: 'file-too-large', limit: inlineBytes })
    await lostFiles.require(file)
    const chunks: Buffer[] = []
    for await (const chunk of vault.read(blob, 0, size)) chunks.push(Buffer.from(chunk))
    return { code: 'file-inline', file: files.dataOf(file), base64: Buffer.concat(chunks).toString('base64') }
  },
})
