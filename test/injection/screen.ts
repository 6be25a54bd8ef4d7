import xterm from '@xterm/headless'

/** What a terminal shows, and how it stands, after it was written to. */
export interface Screen {
  readonly lines: readonly string[]
  /** Column and row of the cursor, from 0; the row counts from the first line that was shown. */
  readonly cursor: readonly [number, number]
  readonly buffer: 'normal' | 'alternate'
  readonly modes: Readonly<Record<string, unknown>>
  /** Cells that are coloured or otherwise not as they are by themselves. */
  readonly painted: number
  /** Titles that were set, bells rung, answers given to whoever wrote: each as it came. */
  readonly events: readonly string[]
  /** What is typed next is shown as it is. */
  readonly probe: string
}

const columns = 80
const rows = 24

/** Renders what somebody has read in a terminal of 80 by 24. `eol` is what ends the lines. */
export async function render(text: string, eol: '\n' | '\r\n'): Promise<Screen> {
  const terminal = new xterm.Terminal({
    cols: columns,
    rows,
    scrollback: 200_000,
    allowProposedApi: true,
    logLevel: 'off',
    // As the terminal driver does it for nc.
    convertEol: eol === '\n',
  })
  const events: string[] = []
  terminal.onTitleChange((title) => events.push(`title ${title}`))
  terminal.onBell(() => events.push('bell'))
  terminal.onData((data) => events.push(`answer ${JSON.stringify(data)}`))
  terminal.onBinary((data) => events.push(`answer ${JSON.stringify(data)}`))
  terminal.onResize(() => events.push('resize'))
  terminal.buffer.onBufferChange((buffer) => events.push(`buffer ${buffer.type}`))
  const write = (data: string) => new Promise<void>((resolve) => terminal.write(Buffer.from(data), resolve))
  await write(text)
  const { active } = terminal.buffer
  let painted = 0
  const lines: string[] = []
  for (let at = 0; at < active.length; at++) {
    const line = active.getLine(at)
    lines.push(line?.translateToString(true) ?? '')
    for (let column = 0; column < columns; column++)
      if (line?.getCell(column)?.isAttributeDefault() === false) painted++
  }
  const cursor = [active.cursorX, active.baseY + active.cursorY] as const
  const modes = { ...modesOf(terminal) }
  // Character sets, insert mode, tab stops, scroll regions and attributes show in what comes next.
  await write(`qx\tt${'\r\n'.repeat(rows)}end`)
  const after = terminal.buffer.active
  const typed = after.getLine(cursor[1])
  const end = after.getLine(cursor[1] + rows)
  const plain = [typed?.getCell(0), typed?.getCell(8), end?.getCell(0)].every((cell) =>
    cell?.isAttributeDefault(),
  )
  const probe = `${typed?.translateToString(true)}|${end?.translateToString(true)}|${plain ? 'plain' : 'painted'}`
  terminal.dispose()
  return { lines, cursor, buffer: active.type, modes, painted, events, probe }
}

function modesOf({ modes }: xterm.Terminal): Record<string, unknown> {
  return {
    applicationCursorKeys: modes.applicationCursorKeysMode,
    applicationKeypad: modes.applicationKeypadMode,
    bracketedPaste: modes.bracketedPasteMode,
    insert: modes.insertMode,
    mouse: modes.mouseTrackingMode,
    origin: modes.originMode,
    reverseWraparound: modes.reverseWraparoundMode,
    sendFocus: modes.sendFocusMode,
    wraparound: modes.wraparoundMode,
  }
}

/**
 * Text from which a telnet client has taken telnet's own bytes: IAC and a verb, neither of which is UTF-8, and an
 * option; or a question for the terminal's name between IAC SB and IAC SE.
 */
export function withoutTelnet(text: string): string {
  return text.replace(/\ufffd\ufffd\u0018\u0001\ufffd\ufffd|\ufffd\ufffd[\u0000-\u007f]/g, '')
}
