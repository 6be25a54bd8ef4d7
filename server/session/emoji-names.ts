/** An emoji, and one of its names. */
interface Named {
  readonly name: string
  readonly sign: string
}

/** Emoji by their names, as people type them between colons: the same table as the page's. It is loaded when it is first wanted. */
export class EmojiNames {
  #names: readonly Named[] = []
  #loading: Promise<void> | undefined

  /** Begins to load the table, unless that was done; until it is there, nothing is found. */
  load(): Promise<void> {
    this.#loading ??= import('gemoji').then(({ gemoji }) => {
      this.#names = gemoji.flatMap(({ emoji, names }) => names.map((name) => ({ name, sign: emoji })))
    })
    return this.#loading
  }

  /** Those whose names begin so, the shortest names first. */
  find(begun: string): readonly Named[] {
    return this.#names
      .filter(({ name }) => name.startsWith(begun))
      .sort((a, b) => a.name.length - b.name.length || (a.name < b.name ? -1 : 1))
  }
}
