import { choice, optional } from './args.ts'
import { command } from './command.ts'

export default command({
  name: 'editor',
  area: 'other',
  who: 'visitor',
  token: 'any',
  cost: 0,
  args: { state: optional(choice('on', 'off', 'auto')) },
  summary:
    'Let the server edit the line that you type, so that what arrives appears above it, and Tab completes.',
  help: 'With auto it does so where a telnet client can send each key; your account remembers off and auto. Elsewhere let your terminal send each key, and then type /editor on. With socat: socat -,raw,echo=0 tcp:HOST:6667 - with nc: stty raw -echo; nc HOST 6667; stty sane - Keys: arrows, Home, End, Ctrl-A E B F D H K U W Y T, Up and Down or Ctrl-P N for your last lines, Ctrl-R to search them, Ctrl-L to draw all again. Tab completes commands, channels, names, numbers of files and emoji (:wave). Ctrl-C drops the line, Ctrl-D in an empty one leaves. Pasted rows are sent when you press Enter once more.',
  data: '{on, choice}',
  fails: [],
  async run({ ownSettings, terminal }, person, { state }) {
    // A remembered "on" would spoil the next plain nc.
    if (state !== undefined && state !== 'on' && person?.kind === 'account' && !terminal.grant)
      await ownSettings.change(person, { editor: state === 'off' ? state : undefined })
    if (state !== undefined) await terminal.chooseEditor(state)
    return { code: 'editor', ...terminal.editor }
  },
})
