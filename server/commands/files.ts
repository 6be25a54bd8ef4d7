import { optional, orPage, pageNumber, target } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'files',
  area: 'files',
  who: 'guest',
  token: 'read',
  cost: 2,
  reads: true,
  args: {
    of: optional(orPage({ ...target, takes: (word) => !/^\d+$/.test(word) })),
    page: optional(pageNumber),
  },
  summary: 'List the files that you can get, all or those of TARGET, and your own uploads.',
  help: 'Each file has a number for /fileget and /filedelete. If an upload of yours broke off, the list shows the lines that continue it.',
  data: '{files: [{id, name, size, sha256, from, channel?, to?, get, at, expires?}], uploads: [{id, name, channel?, to?, state, received, size?, rate?, left?, token, expires}], page, total, more}',
  fails: ['no-such-channel', 'not-a-member', 'no-such-user'],
  run({ files, talk, tickets }, person, { of, page = 1 }) {
    const where = of === undefined ? undefined : talk.target(person, of)
    return { code: 'files', ...files.page(person, where, page), uploads: tickets.uploads(person) }
  },
})
