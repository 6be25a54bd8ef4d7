import { Option } from 'commander'
import type { Config } from '../../config/schema.ts'
import { plural } from '../../dialects/text/layout.ts'
import { sizeText } from '../../lib/sizes.ts'
import type { BackedUp } from '../archive/backup.ts'
import type { Checked } from '../archive/check.ts'
import type { Exported } from '../archive/export.ts'
import type { Imported } from '../archive/import.ts'
import { Progress } from '../archive/progress.ts'
import type { Restored } from '../archive/restore.ts'
import { askServer } from '../control/control.ts'
import { type Add, type Common, type RunLocally, report, whereOf } from './common.ts'

/** Hashes a password at the configured cost. */
export type Hash = (config: Config, password: string) => Promise<string>

/**
 * Adds backup, restore, export and import. Their code is loaded only when it is needed, because otherwise every
 * command would wait for it.
 */
export function addArchiveCommands(add: Add, runLocally: RunLocally, hash: Hash): void {
  add('backup <file>', 'put all data of the server into one archive, while it runs or not')
    .option('--force', 'replace a backup of that name')
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
      const answer = await runLocally(whereOf(common), async ({ dataDirectory }) => {
        const { backUpTo } = await import('../archive/backup.ts')
        const made = await backUpTo(dataDirectory, file, { force, progress: new Progress() })
        await tell(dataDirectory, made.lost)
        return made
      })
      const toFile = file !== '-'
      const backedUp = report<BackedUp>(answer, { ...common, quiet: !toFile }, backedUpLines)
      if (!toFile)
        process.stderr.write(
          lackLines(backedUp)
            .map((line) => `${line}\n`)
            .join(''),
        )
      // The backup was made, but is incomplete: scripts and timers have to notice.
      if (backedUp.lost.length > 0 || backedUp.less !== undefined) process.exitCode = exitLess
    })

  add('check', 'check whether the database and all files are intact, while the server runs or not').action(
    async (common: Common) => {
      const answer = await runLocally(whereOf(common), async ({ dataDirectory }) => {
        const { checkAll } = await import('../archive/check.ts')
        const checked = await checkAll(dataDirectory, new Progress())
        await tell(
          dataDirectory,
          checked.lost.map(({ id }) => id),
        )
        return checked
      })
      const { database, foreign, lost } = report<Checked>(answer, common, checkedLines)
      if (foreign || database.length + lost.length > 0) process.exitCode = exitLess
    },
  )

  add('restore <file>', 'restore a backup into an empty data directory; - is standard input').action(
    async (file: string, common: Common) => {
      const answer = await runLocally(whereOf(common), async ({ dataDirectory }) => {
        const { restoreFrom } = await import('../archive/restore.ts')
        return { ...(await restoreFrom(file, dataDirectory, new Progress())), dataDirectory }
      })
      report<Restored & { dataDirectory: string }>(answer, common, (restored) => [
        `Restored into ${restored.dataDirectory} as it was at ${restored.at}: ${countsText(restored.counts)}.`,
        ...restored.lacks.map(({ name, why }) =>
          why === 'missing'
            ? `${name} was missing already when the backup was made.`
            : `${name} was damaged already when the backup was made.`,
        ),
        goesOn(restored.numbersAfter),
        'Start the server as always; all log in with the passwords they had then.',
      ])
    },
  )

  add('export [file]', 'write the data of the server, without secrets, as lines of JSON')
    .addOption(new Option('--format <format>', 'of the lines').choices(['jsonl']).default('jsonl'))
    .option('--force', 'replace an export of that name')
    .action(async (file = '-', { force = false, ...common }: Common & { force?: boolean }) => {
      const answer = await runLocally(whereOf(common), async ({ dataDirectory }) => {
        const { exportTo } = await import('../archive/export.ts')
        return await exportTo(dataDirectory, file, { force, progress: new Progress() })
      })
      report<Exported>(answer, { ...common, quiet: file === '-' }, (counts) => [
        `Exported to ${file}: ${Object.entries(counts)
          .filter(([, count]) => count > 0)
          .map(([type, count]) => plural(count, type.replaceAll('-', ' ')))
          .join(', ')}.`,
      ])
    })

  add('import <file>', 'import an export into an empty data directory; - is standard input').action(
    async (file: string, common: Common) => {
      const answer = await runLocally(whereOf(common), async (config) => {
        const { importFrom } = await import('../archive/import.ts')
        return await importFrom(file, config.dataDirectory, {
          hash: (password) => hash(config, password),
          progress: new Progress(),
        })
      })
      report<Imported>(answer, common, ({ files, numbersAfter, ...counts }) => [
        `Imported ${countsText(counts)}.`,
        ...(files > 0 ? [`${plural(files, 'file')} not: an export has no bytes, a backup has.`] : []),
        goesOn(numbersAfter),
        'Nobody has a password: "partyline setpassword NAME" gives somebody a first one.',
      ])
    },
  )
}

function goesOn(after: number): string {
  return `New messages have numbers above ${after}: programs that knew the server notice it, and load everything anew.`
}

/** The exit code of a command that has done only a part. */
const exitLess = 2
/** The most names to print; more of them say nothing new. */
const mostNamed = 20

/** Lets the running server, if there is one, check such files itself, so that it gives them to nobody. */
async function tell(dataDirectory: string, files: readonly number[]): Promise<void> {
  if (files.length === 0) return
  await askServer(dataDirectory, { action: 'lookatfiles', options: { files } }).catch(() => undefined)
}

function checkedLines({ database, files, foreign, lost, unused }: Checked): string[] {
  const of = (why: 'missing' | 'damaged') => lost.filter((file) => file.why === why)
  return [
    ...(database.length === 0 ? ['The database is intact.'] : database.map((what) => `Database: ${what}`)),
    ...(database.length === 0
      ? []
      : ['What to do is in docs/operating.md under "When the database is damaged".']),
    ...(foreign
      ? [
          'Warning: the folder of files belongs to another database: put that one back, or move the folder away.',
        ]
      : []),
    ...unused.map(
      (name) =>
        `Warning: a restore or an import was killed before its end: nothing of it is used. Remove ${name}.`,
    ),
    ...(files === undefined ? ['What files there are cannot be read.'] : []),
    ...(files !== undefined && lost.length === 0
      ? [files === 0 ? 'There are no files to check.' : `${plural(files, 'file')}, all intact.`]
      : []),
    ...named(of('missing').map(nameOf), (name) => `Warning: the bytes of ${name} are missing on the disk.`),
    ...named(
      of('damaged').map(nameOf),
      (name) => `Warning: the bytes of ${name} have been damaged on the disk.`,
    ),
  ]
}

function nameOf({ id, name }: Checked['lost'][number]): string {
  return `${name} (${id})`
}

function backedUpLines(backedUp: BackedUp): string[] {
  const { bytes, counts, file } = backedUp
  return [`Backed up to ${file} (${sizeText(bytes)}): ${countsText(counts)}.`, ...lackLines(backedUp)]
}

/** The files that are missing or damaged in a backup. */
function lackLines({ counts, damaged, file, less, missing, older }: BackedUp): string[] {
  const all = counts.files === 0 && missing.length > 1
  return [
    ...named(missing, (name) => `Warning: the bytes of ${name} are missing on the disk; they are not in it.`),
    ...named(
      damaged,
      (name) => `Warning: the bytes of ${name} have been damaged on the disk; they are in it as they are.`,
    ),
    ...(all ? ['None of the files is there: is the disk mounted that they are on?'] : []),
    ...(less === undefined
      ? []
      : [`Warning: ${less}. Is that the right data directory, and its disk mounted?`]),
    ...(older === undefined
      ? []
      : [
          `What ${file} was before has what this lacks, and is kept as ${older}: "partyline restore" takes it.`,
        ]),
  ]
}

function named(names: readonly string[], line: (name: string) => string): string[] {
  const more = names.length - mostNamed
  return [...names.slice(0, mostNamed).map(line), ...(more > 0 ? [`Warning: and so for ${more} more.`] : [])]
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
