/** What the editor itself writes in its row. */
export const words = {
  /** Several lines were pasted. */
  sendLines: (count: number) => `Send ${count} lines? Enter: yes, Ctrl-C: no: `,
  /** A search in one's own lines; `isThere`: a line with these words was found. */
  search: (query: string, isThere: boolean) => `${isThere ? 'search' : 'not found'} "${query}": `,
} as const
