import { choice, optional } from './args.ts'
import { command } from './command.ts'

const help = `auto: the server does it if a telnet client sends each key. Your account remembers off and auto; on is for this connection.
Elsewhere, start your client so, and then type /editor on. With socat:
  socat -,icanon=0,echo=0,isig=0 tcp:HOST:PORT
With nc, on Linux and macOS (later, if the shell shows nothing: stty sane):
  stty -icanon -echo -isig; nc HOST PORT; stty sane
Screen readers: /editor off, so that nothing is drawn twice.
Move: arrows, Home, End, Ctrl-A, Ctrl-E; by words: Alt-B, Alt-F.
Delete: Backspace, Delete, Ctrl-W a word, Ctrl-U and Ctrl-K to either end; Ctrl-Y brings it back.
Your last lines: Up and Down, Ctrl-R searches them.
Tab completes commands, channels, names, numbers of files, emoji (:wave).
Ctrl-C drops the line, Ctrl-D in an empty one leaves.
Ctrl-L clears the screen, and draws the line again.`

export default command({
  name: 'editor',
  area: 'other',
  who: 'visitor',
  token: 'any',
  cost: 0,
  args: { state: optional(choice('on', 'off', 'auto')) },
  summary:
    'Let the server edit the line that you type, so that what arrives appears above it, and Tab completes.',
  help,
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
