import { Option } from 'commander'
import type { Config } from '../config/schema.ts'
import { plural } from '../dialects/text/layout.ts'
import { sizeText } from '../lib/sizes.ts'
import { type Add, type Common, type Here, report, whereOf } from './act.ts'
import type { BackedUp } from './backup.ts'
import type { Exported } from './export.ts'
import type { Imported } from './import.ts'
import { Progress } from './progress.ts'
import type { Restored } from './restore.ts'

/** Hashes a password as expensively as the configuration says. */
export type Hash = (config: Config, password: string) => Promise<string>

/**
 * Adds what puts everything into one file, and takes it out again. What does it is loaded when it is wanted: every command
 * of the program would wait for it.
 */
export function addArchiveCommands(add: Add, here: Here, hash: Hash): void {
  add('backup <file>', 'put all that the server has into one archive, while it runs or not')
    .option('--force', 'replace a file of that name')
    .addHelpText(
      'after',
      `
The archive is a tar file, compressed if its name ends in .gz or .tgz; - is
standard output. It has everybody's messages and password hashes: keep it as safe
as the server. docs/backup.md says more.

  partyline backup /var/backups/partyline-$(date +%F).tar.gz
  partyline backup - | ssh elsewhere 'cat >partyline.tar'`,
    )
    .action(async (file: string, { force = false, ...common }: Common & { force?: boolean }) => {
      const answer = await here(whereOf(common), async ({ dataDirectory }) => {
        const { backUpTo } = await import('./backup.ts')
        return await backUpTo(dataDirectory, file, { force, progress: new Progress() })
      })
      const toScreen = file !== '-'
      report<BackedUp>(answer, { ...common, quiet: !toScreen }, backedUpLines)
    })

  add('restore <file>', 'put what is in a backup into an empty data directory').action(
    async (file: string, common: Common) => {
      const answer = await here(whereOf(common), async ({ dataDirectory }) => {
        const { restoreFrom } = await import('./restore.ts')
        return { ...(await restoreFrom(file, dataDirectory, new Progress())), dataDirectory }
      })
      report<Restored & { dataDirectory: string }>(answer, common, (restored) => [
        `Restored into ${restored.dataDirectory} as it was at ${restored.at}: ${countsText(restored.counts)}.`,
        'Start the server as always; all log in with the passwords they had then.',
      ])
    },
  )

  add('export [file]', 'write down what the server has, without secrets, as lines of JSON')
    .addOption(new Option('--format <format>', 'of the lines').choices(['jsonl']).default('jsonl'))
    .option('--force', 'replace a file of that name')
    .action(async (file = '-', { force = false, ...common }: Common & { force?: boolean }) => {
      const answer = await here(whereOf(common), async ({ dataDirectory }) => {
        const { exportTo } = await import('./export.ts')
        return await exportTo(dataDirectory, file, { force, progress: new Progress() })
      })
      report<Exported>(answer, { ...common, quiet: file === '-' }, (counts) => [
        `Exported to ${file}: ${Object.entries(counts)
          .filter(([, count]) => count > 0)
          .map(([type, count]) => plural(count, type))
          .join(', ')}.`,
      ])
    })

  add('import <file>', 'put what an export says into an empty data directory').action(
    async (file: string, common: Common) => {
      const answer = await here(whereOf(common), async (config) => {
        const { importFrom } = await import('./import.ts')
        return await importFrom(file, config.dataDirectory, {
          hash: (password) => hash(config, password),
          progress: new Progress(),
        })
      })
      report<Imported>(answer, common, ({ files, ...counts }) => [
        `Imported ${countsText(counts)}.`,
        ...(files > 0 ? [`${plural(files, 'file')} not: an export has no bytes, a backup has.`] : []),
        'Nobody has a password: "partyline setpassword NAME" gives somebody a first one.',
      ])
    },
  )
}

function backedUpLines({ bytes, counts, damaged, file }: BackedUp): string[] {
  return [
    `Backed up to ${file} (${sizeText(bytes)}): ${countsText(counts)}.`,
    ...damaged.map(
      (name) => `Warning: the bytes of ${name} have been damaged on the disk; they are in it as they are.`,
    ),
  ]
}

function countsText({
  accounts,
  channels,
  files,
  messages,
}: Omit<BackedUp['counts'], 'files'> & { files?: number }): string {
  return [
    plural(accounts, 'account'),
    plural(channels, 'channel'),
    plural(messages, 'message'),
    ...(files === undefined ? [] : [plural(files, 'file')]),
  ].join(', ')
}
