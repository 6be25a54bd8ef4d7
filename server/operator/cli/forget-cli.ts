import { plural } from '../../dialects/text/layout.ts'
import { cleanLines } from '../../lib/clean.ts'
import { sizeText } from '../../lib/sizes.ts'
import { ZoneFormat } from '../../lib/zones.ts'
import { Refused } from '../control/refused.ts'
import { requireYes } from './ask-password.ts'
import type { Add, Common, RequestAction } from './common.ts'
import { messageLine, type SaidMessage } from './message-line.ts'

interface Said {
  name: string
  id: number
  messages: { count: number; more: boolean }
}

interface Erased extends Left {
  name: string
  id: number
  messages: number
  files: number
  bytesLeft: number
  copies: string[]
}

/** Adds the commands that remove messages and people. */
export function addForgetCommands(add: Add, requestAction: RequestAction): void {
  add('prune', 'remove messages older than history.keepDays, or than another age')
    .option('--before <time>', 'messages from before 2026-11-20 or "2026-11-20 18:00"')
    .option('--days <number>', 'messages older than so many days')
    .option('--channel <name>', "only in a channel, such as '#lobby'; closed ones too")
    .option('--dry-run', 'only count the messages, and remove nothing')
    .option('--yes', 'do not ask')
    .option(
      '--clock-is-right',
      'where status says that the clock has jumped: it is right, and files past their time go, too',
    )
    .action(
      async ({
        before,
        channel,
        clockIsRight = false,
        days,
        dryRun = false,
        yes = false,
        ...common
      }: Common & PruneOptions) => {
        if (before !== undefined && days !== undefined) throw refused('Say either --before or --days.')
        if (days !== undefined && !/^[1-9]\d{0,4}$/.test(days))
          throw refused('--days must be a whole number from 1 to 99999.')
        const options = { before: days === undefined ? before : `${days}d`, channel, clockIsRight, dryRun }
        // The server removes messages by the rules anyway.
        if (!dryRun && !yes && options.before !== undefined) {
          const trial = { ...options, dryRun: true }
          const { ahead, messages, total } = await requestAction<Trial>(
            { ...common, quiet: true },
            'prune',
            trial,
          )
          if (ahead || messages * 2 > total) {
            const what = `${ahead ? 'That time is still to come: ' : ''}${messages} of ${plural(total, 'message')} would be removed for good`
            await requireYes(
              `${what}. Remove them? yes or no: `,
              `${what}. --yes removes them without asking.`,
            )
          }
        }
        await requestAction<Left & { messages: number }>(common, 'prune', options, (pruned) => [
          dryRun
            ? `${plural(pruned.messages, 'message')} would be removed.`
            : `${plural(pruned.messages, 'message')} removed.`,
          ...leftLines(pruned),
        ])
      },
    )

  add('compact', 'give the room of removed data back to the disk; messages wait meanwhile').action(
    async (common: Common) => {
      await requestAction<{ before: number; after: number; scrubbed: boolean }>(
        common,
        'compact',
        {},
        (done) => [
          `The database has ${sizeText(done.after)} now; it had ${sizeText(done.before)}.`,
          ...leftLines(done),
        ],
      )
    },
  )

  add('delete-message <id>', 'delete a message for good, with the file that it announced')
    .option('--yes', 'do not ask whether you are sure')
    .action(async (text: string, { yes = false, ...common }: Common & { yes?: boolean }) => {
      const id = Number(text)
      if (!yes) {
        const found = await requestAction<Deleted>({ ...common, quiet: true }, 'deletemessage', { id })
        await requireYes(
          `${said(found)}\nDelete it for good? yes or no: `,
          'There is no terminal to ask on. --yes deletes without asking.',
        )
      }
      await requestAction<Deleted>(common, 'deletemessage', { id, confirmed: true }, (deleted) => [
        `Deleted: ${said(deleted)}`,
      ])
    })

  add('erase-user <name>', 'delete an account with everything stored about it: see docs/backup.md')
    .option('--yes', 'do not ask whether you are sure')
    .action(async (name: string, { yes = false, ...common }: Common & { yes?: boolean }) => {
      if (!yes) {
        const {
          id,
          messages,
          name: found,
        } = await requestAction<Said>({ ...common, quiet: true }, 'eraseuser', { name })
        const count = `${plural(messages.count, 'message')}${messages.more ? ' or more' : ''}`
        await requireYes(
          `Erase ${found} (#${id}) with ${count} for good, and what was said to them directly? yes or no: `,
          'There is no terminal to ask on. --yes erases without asking.',
        )
      }
      await requestAction<Erased>(common, 'eraseuser', { name, confirmed: true }, (erased) => [
        `${erased.name} (#${erased.id}) is erased, with ${plural(erased.messages, 'message')} and ${plural(erased.files, 'file')}.`,
        ...leftLines(erased),
        `Topics that ${erased.name} set and names of channels that ${erased.name} made are kept, also those of channels that no longer exist. /topic changes a topic.`,
        ...(erased.bytesLeft > 0
          ? [
              `Not done yet: the bytes of ${plural(erased.bytesLeft, 'file')} could not be removed from the disk. The server does that as soon as it can.`,
            ]
          : []),
        ...(erased.copies.length > 0
          ? [
              'These copies from before updates still contain it, too. Remove them when you no longer need them:',
            ]
          : []),
        ...erased.copies.map((copy) => `  ${copy}`),
        'Older backups still contain what was erased.',
      ])
    })
}

interface Deleted {
  zone: string
  message: SaidMessage
}

/** Cleans a text, like everything that is printed: see report. */
function said({ message, zone }: Deleted): string {
  return cleanLines(messageLine(new ZoneFormat(zone, '24'))(message))
}

/** The effect of a prune: whether its time lies in the future, and how many of all messages it would remove. */
interface Trial {
  ahead: boolean
  messages: number
  total: number
}

interface PruneOptions {
  before?: string
  days?: string
  channel?: string
  clockIsRight?: boolean
  dryRun?: boolean
  yes?: boolean
}

/** The part that could not be done yet. The database has a note of it, and the server or the next command does it. */
function leftLines({ left, scrubbed }: Left): string[] {
  if (scrubbed) return []
  return left === 'failed'
    ? [
        'Not done yet: the files of the database still have traces of it, because they could not be rewritten.',
        'That needs as much room as the database has, and is done by itself later, or by "partyline compact".',
      ]
    : [
        'Not done yet: somebody reads the database now, so that its write-ahead log still has some of it. That is done by itself later.',
      ]
}

interface Left {
  scrubbed: boolean
  left?: 'in-use' | 'failed'
}

function refused(message: string): Refused {
  return new Refused({ code: 'bad-arguments', message })
}
