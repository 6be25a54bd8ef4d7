import { fail } from '../chat/model/failures.ts'
import type { Settings } from '../chat/model/people.ts'
import { type CharsetName, charsetNamed, charsetNames, mostTerminals } from '../lib/charset-names.ts'
import { offering, optional, word } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'charset',
  area: 'other',
  who: 'visitor',
  token: 'any',
  cost: 1,
  args: { name: optional(offering(['utf-8', ...charsetNames], word('NAME'))) },
  summary: 'Use another character set than UTF-8, for a terminal that has only that one.',
  help: `NAME is ${charsetNames.join(', ')}, or utf-8 to go back. It counts for this connection, for what you type and what you read; what your character set lacks is shown as something like it, or as "?". Without NAME it shows the setting. If you are logged in and your client tells what kind of terminal it is, as telnet does, your account remembers it for such terminals. Programs that speak JSON always have UTF-8.`,
  data: '{charset, isNew, terminal?}',
  fails: [],
  async run({ ownSettings, terminal }, person, { name }) {
    if (name === undefined)
      return { code: 'charset', charset: terminal.charset, isNew: false, terminal: undefined }
    const charset = charsetNamed(name)
    if (charset === undefined)
      throw fail({
        code: 'bad-arguments',
        detail: `There is no character set "${name}" here. There are ${charsetNames.join(', ')} and utf-8.`,
      })
    if (!terminal.manner.typed && charset !== 'utf-8')
      throw fail({ code: 'bad-arguments', detail: 'JSON is always UTF-8: /charset is for terminals.' })
    const type = terminal.manner.typed && !terminal.grant ? terminal.terminalType : undefined
    const account = person?.kind === 'account' && type !== undefined ? person : undefined
    if (account && type !== undefined)
      await ownSettings.change(account, (now) => remembered(now, type, charset))
    terminal.charset = charset
    return { code: 'charset', charset, isNew: true, terminal: account && type }
  },
})

/** Settings that know the character set of terminals of this type, and of the last ones of other types. */
function remembered({ charsets = {} }: Settings, type: string, charset: CharsetName | 'utf-8'): Settings {
  const others = Object.entries(charsets).filter(([known]) => known !== type)
  const kept = others.slice(-(mostTerminals - 1))
  const all = charset === 'utf-8' ? kept : [...kept, [type, charset] as const]
  return { charsets: all.length > 0 ? Object.fromEntries(all) : undefined }
}
