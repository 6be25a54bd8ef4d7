/** What the editor itself writes in its row. */
export const words = {
  /** Several lines were pasted, and so many of them would be done as commands. */
  sendLines: (count: number, commands: number) =>
    `Send ${count} lines${asCommands(commands)}? Enter: yes, Ctrl-C: no: `,
  /** A search in one's own lines; `isThere`: a line with these words was found. */
  search: (query: string, isThere: boolean) => `${isThere ? 'search' : 'not found'} "${query}": `,
} as const

function asCommands(count: number): string {
  if (count === 0) return ''
  return count === 1 ? ', 1 as a command' : `, ${count} as commands`
}
